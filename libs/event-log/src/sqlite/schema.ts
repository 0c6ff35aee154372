import type { SchemaComponent } from '@isocenter/standalone-file';

const version1 = `
-- The next offset of each partition: stored, so that an offset is never used twice though passed records are deleted.
CREATE TABLE log_partitions (topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) STRICT, WITHOUT ROWID;
CREATE TABLE log_records (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  key TEXT NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (topic, partition, offset)) STRICT, WITHOUT ROWID;
`;

export const eventLogSchema: SchemaComponent = { name: 'log', migrations: [version1] };
