/** The data folder is in use by another process. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  constructor(folder: string) {
    super(`The data folder ${folder} is in use by another isocenter process. Stop that process, or set DATA_DIR to another folder.`);
  }
}

/** The file was written by a newer program. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
  constructor(component: string, found: number, known: number) {
    super(`The data folder was written by a newer isocenter: its ${component} schema is version ${found}, this program knows up to ${known}. Start the newer program, or set DATA_DIR to another folder.`);
  }
}

/** Primary result codes by which SQLite refuses a statement or its values, whatever the state of the disk: ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE. */
const REFUSALS: ReadonlySet<number> = new Set([1, 18, 19, 20, 21, 25]);

/** Nothing was written or read. Either the disk is full or failed, and it may be repeated; or the value is `refused`, and would be again. */
export class StandaloneFileError extends Error {
  override readonly name = 'StandaloneFileError';
  constructor(message: string, readonly sqliteCode: number) {
    super(`The standalone file could not be written or read: ${message}`);
  }

  get refused(): boolean {
    return REFUSALS.has(this.sqliteCode & 0xff);
  }
}
