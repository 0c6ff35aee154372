import { type App, type Settings, settingsOf } from './settings-table.js';

/** The settings of an app by the names of their variables, without secrets: fit for the log. */
export function redactSettings<A extends App>(app: A, settings: Settings<A>): Record<string, string | number | boolean> {
  const values = settings as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    settingsOf(app).map(([key, row]) => {
      const value = values[key];
      if (value === undefined) return [row.name, '(not set)'];
      if (row.secret) return [row.name, row.show ? row.show(value) : '(secret)'];
      return [row.name, Array.isArray(value) ? value.join(',') : (value as string | number | boolean)];
    }),
  );
}

/** One line per setting, `NAME=value`. */
export function printSettings<A extends App>(app: A, settings: Settings<A>): string {
  return Object.entries(redactSettings(app, settings)).map(([name, value]) => `${name}=${value}`).join('\n');
}
