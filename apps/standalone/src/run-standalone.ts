import { KeysFileError } from '@isocenter/auth';
import { runProcess } from '@isocenter/service-process';
import { DataFolderInUseError, SchemaTooNewError } from '@isocenter/standalone-file';
import { printStart } from './print-start.js';
import { startStandalone } from './start-standalone.js';

await runProcess({ app: 'standalone', start: startStandalone, onServing: printStart, expected: [KeysFileError, DataFolderInUseError, SchemaTooNewError] });
