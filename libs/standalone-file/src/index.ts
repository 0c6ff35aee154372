export { DataFolderInUseError, SchemaTooNewError, StandaloneFileError } from './errors.js';
export type { SchemaComponent } from './migrate.js';
export { StandaloneFile, STANDALONE_FILE_NAME } from './standalone-file.js';
export type { SqlRow, SqlValue, Statement, WriteResult, WriteValue } from './statement.js';
