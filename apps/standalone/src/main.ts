import { readSettings, SettingsError } from '@isocenter/config';
import { DataFolderInUseError, SchemaTooNewError } from '@isocenter/standalone-file';
import { printStart } from './print-start.js';
import { startStandalone } from './start-standalone.js';

const NEEDED_NODE = 24;

async function main(): Promise<void> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NEEDED_NODE) throw new SettingsError([`This is Node.js ${process.versions.node}; isocenter needs ${NEEDED_NODE}. Start it with "npm start", which brings its own, or install Node.js ${NEEDED_NODE}.`]);
  const settings = readSettings();
  const standalone = await startStandalone(settings);
  printStart(settings, standalone);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    standalone.close().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What a person can mend is said in one sentence, without a stack. */
function fail(error: unknown): void {
  const expected = error instanceof SettingsError || error instanceof DataFolderInUseError || error instanceof SchemaTooNewError || isPortInUse(error);
  process.stderr.write(expected ? `isocenter did not start. ${(error as Error).message}\n` : `isocenter stopped by an error.\n${(error as Error).stack ?? String(error)}\n`);
  process.exit(1);
}

function isPortInUse(error: unknown): boolean {
  return (error as { code?: string }).code === 'EADDRINUSE';
}

main().catch(fail);
