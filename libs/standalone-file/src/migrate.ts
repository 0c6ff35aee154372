import { DatabaseSync } from 'node:sqlite';
import { SchemaTooNewError } from './errors.js';

/** The tables of one library: `migrations[n]` leads from version n to n + 1; released ones never change. */
export interface SchemaComponent {
  readonly name: string;
  readonly migrations: readonly string[];
}

/** Brings every component forward, each step in a transaction; refuses a file that a newer program wrote. */
export function migrate(path: string, components: readonly SchemaComponent[]): void {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec('CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT');
    const versionOf = db.prepare('SELECT version FROM schema_versions WHERE component = ?');
    const stored = new Map(components.map(({ name }) => [name, Number(versionOf.get(name)?.version ?? 0)]));
    for (const { name, migrations } of components) {
      if (stored.get(name)! > migrations.length) throw new SchemaTooNewError(name, stored.get(name)!, migrations.length);
    }
    for (const { name, migrations } of components) {
      for (let version = stored.get(name)!; version < migrations.length; version += 1) {
        db.exec(`BEGIN IMMEDIATE;\n${migrations[version]};\nINSERT INTO schema_versions VALUES ('${name}', ${version + 1}) ON CONFLICT DO UPDATE SET version = excluded.version;\nCOMMIT`);
      }
    }
  } finally {
    db.close();
  }
}
