import { type Settings, settingsTable } from './settings-table.js';

/** The settings by the names of their variables, without secrets: fit for the log. */
export function redactSettings(settings: Settings): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(settingsTable).map(([key, row]) => {
      const value = settings[key as keyof Settings];
      return [row.name, row.secret ? '(secret)' : (value ?? '(not set)')];
    }),
  );
}

/** One line per setting, `NAME=value`. */
export function printSettings(settings: Settings): string {
  return Object.entries(redactSettings(settings)).map(([name, value]) => `${name}=${value}`).join('\n');
}
