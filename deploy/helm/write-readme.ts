import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkManifests } from '../manifests/check-manifests.js';
import { chart } from './helm.js';
import { withValues } from './values-table.js';

const read = (name: string): string => readFileSync(join(chart, name), 'utf8');
const { documents } = await checkManifests(read('values.yaml'));
writeFileSync(join(chart, 'README.md'), withValues(read('README.md'), JSON.parse(read('values.schema.json')) as object, documents[0]));
