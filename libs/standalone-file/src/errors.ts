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

/** The disk is full or failed; the write did not happen and may be repeated. */
export class StandaloneFileError extends Error {
  override readonly name = 'StandaloneFileError';
  constructor(message: string, readonly sqliteCode: number) {
    super(`The standalone file could not be written or read: ${message}`);
  }
}
