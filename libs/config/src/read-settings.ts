import { isLoopback } from './loopback.js';
import { type Setting, type Settings, settingsTable } from './settings-table.js';
import { SettingsError } from './settings-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks every setting; the error lists all that are wrong at once. */
export function readSettings(env: Environment = process.env): Settings {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(settingsTable)) values[key] = readOne(row, env, faults);
  // Every key of the table was set in the loop; a value that failed is never seen, because faults throw.
  const settings = values as Settings;
  faults.push(...checkTogether(settings));
  if (faults.length > 0) throw new SettingsError(faults);
  return Object.freeze(settings);
}

function readOne(row: Setting<unknown>, env: Environment, faults: string[]): unknown {
  const given = env[row.name]?.trim();
  if (given === undefined || given === '') return row.standard();
  try {
    return row.parse(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push(`${row.name} is ${row.secret ? 'not valid' : JSON.stringify(given)}; allowed: ${error.message}. ${row.text}.`);
    return row.standard();
  }
}

/** What one setting alone cannot say. */
function checkTogether(settings: Settings): string[] {
  if (isLoopback(settings.host) || settings.apiKeysFile !== undefined) return [];
  return [
    `HOST is "${settings.host}", which other machines can reach, and no authentication is configured. ` +
      'Set API_KEYS_FILE to a file of API keys (`npm run key` makes one), or HOST to 127.0.0.1.',
  ];
}
