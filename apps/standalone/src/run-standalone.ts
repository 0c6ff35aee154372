import { readSettings, SettingsError } from '@isocenter/config';
import { KeysFileError } from '@isocenter/auth';
import { DataFolderInUseError, SchemaTooNewError } from '@isocenter/standalone-file';
import { printStart } from './print-start.js';
import { startStandalone } from './start-standalone.js';

/** Runs until SIGINT or SIGTERM, then finishes what is in flight. */
export async function runStandalone(): Promise<void> {
  try {
    const settings = readSettings('standalone');
    const standalone = await startStandalone(settings);
    printStart(settings, standalone);
    const stop = (): void => void standalone.close().then(() => process.exit(0), fail);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  } catch (error) {
    fail(error);
  }
}

const EXPECTED = [SettingsError, KeysFileError, DataFolderInUseError, SchemaTooNewError];

/** What a person can mend is said in a sentence, without a stack. */
function fail(error: unknown): never {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const expected = EXPECTED.some((kind) => error instanceof kind) || code === 'EADDRINUSE' || code === 'EACCES';
  process.stderr.write(expected ? `isocenter did not start. ${message}\n` : `isocenter stopped by an error.\n${stack ?? String(error)}\n`);
  process.exit(1);
}
