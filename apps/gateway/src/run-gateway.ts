import { KeysFileError } from '@isocenter/auth';
import { runProcess } from '@isocenter/service-process';
import { startGateway } from './start-gateway.js';

await runProcess({ app: 'gateway', start: startGateway, expected: [KeysFileError] });
