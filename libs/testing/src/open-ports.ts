import { eventLogSchema, SqliteEventLog, TOPICS } from '@isocenter/event-log';
import { metadataSchema, SqliteMetadataStore } from '@isocenter/metadata-store';
import { StandaloneFile } from '@isocenter/standalone-file';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The standalone adapters over a folder of their own, as the program has them. */
export interface OpenPorts {
  readonly folder: string;
  readonly file: StandaloneFile;
  readonly eventLog: SqliteEventLog;
  readonly store: SqliteMetadataStore;
  /** Closes the file and removes the folder. */
  close(): Promise<void>;
}

export async function openPorts(): Promise<OpenPorts> {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-test-'));
  const file = StandaloneFile.open(folder, [eventLogSchema, metadataSchema], 1);
  const eventLog = await SqliteEventLog.open(file, Object.values(TOPICS));
  return {
    folder, file, eventLog, store: new SqliteMetadataStore(file),
    close: async () => {
      await file.close();
      rmSync(folder, { recursive: true });
    },
  };
}
