import { getHelm } from '../local/get-servers/get-helm.js';
import { getComposeSchema, getPythonPackages } from './get-tools.js';

// Before the tests, since the first time takes minutes.
await getHelm();
await getPythonPackages();
await getComposeSchema();
