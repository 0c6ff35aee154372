import type { SchemaComponent } from '@isocenter/standalone-file';
import { plannerStatistics } from './planner-statistics.js';

const version1 = `
CREATE TABLE partitions (key INTEGER NOT NULL UNIQUE, name TEXT NOT NULL PRIMARY KEY, createdAt TEXT NOT NULL) STRICT;
INSERT INTO partitions VALUES (1, 'Microsoft.Default', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE TABLE cursors (name TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL, detail TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (commandId TEXT NOT NULL PRIMARY KEY, decision TEXT NOT NULL, decidedAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Decisions that are a day behind their deadline are forgotten.
CREATE INDEX decisions_by_age ON decisions (decidedAt);

CREATE TABLE studies (
  partition INTEGER NOT NULL, study TEXT NOT NULL, ordinal INTEGER NOT NULL,
  patientId TEXT, patientName TEXT, birthDate INTEGER, accessionNumber TEXT, referringPhysician TEXT,
  studyDate INTEGER, studyTime INTEGER, studyId TEXT, description TEXT,
  words TEXT NOT NULL, newestSet TEXT NOT NULL, modalities TEXT NOT NULL,
  seriesCount INTEGER NOT NULL, instanceCount INTEGER NOT NULL,
  azureDefault TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY (partition, study)) STRICT;
-- Studies newest first, and the studies behind the ordinals that another index found.
CREATE UNIQUE INDEX studies_by_ordinal ON studies (partition, ordinal);
-- Each: studies by this attribute, newest first.
CREATE INDEX studies_by_patientId ON studies (partition, patientId, ordinal);
CREATE INDEX studies_by_patientName ON studies (partition, patientName, ordinal);
CREATE INDEX studies_by_birthDate ON studies (partition, birthDate, ordinal);
CREATE INDEX studies_by_accessionNumber ON studies (partition, accessionNumber, ordinal);
CREATE INDEX studies_by_referringPhysician ON studies (partition, referringPhysician, ordinal);
CREATE INDEX studies_by_studyDate ON studies (partition, studyDate, ordinal);
CREATE INDEX studies_by_description ON studies (partition, description, ordinal);

-- Fuzzy names: the words that start with a prefix, with the ordinals of their studies.
CREATE TABLE nameWords (
  partition INTEGER NOT NULL, word TEXT NOT NULL, study TEXT NOT NULL, attribute INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  PRIMARY KEY (partition, word, study, attribute)) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, ordinal INTEGER NOT NULL,
  modality TEXT, manufacturerModel TEXT, performedStartDate INTEGER, seriesNumber INTEGER, description TEXT,
  instanceCount INTEGER NOT NULL, newestSet TEXT NOT NULL, azureDefault TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY (partition, study, series)) STRICT;
-- Series of a study, newest first.
CREATE INDEX series_of_study ON series (partition, study, ordinal);
-- All series, newest first.
CREATE INDEX series_by_ordinal ON series (partition, ordinal);
-- Each: all series by this attribute, newest first.
CREATE INDEX series_by_uid ON series (partition, series);
CREATE INDEX series_by_modality ON series (partition, modality, ordinal);
CREATE INDEX series_by_manufacturerModel ON series (partition, manufacturerModel, ordinal);
CREATE INDEX series_by_performedStartDate ON series (partition, performedStartDate, ordinal);

CREATE TABLE instances (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, ordinal INTEGER NOT NULL,
  version TEXT NOT NULL, objectKey TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, transferSyntax TEXT NOT NULL,
  sopClass TEXT NOT NULL, instanceNumber INTEGER, storedBy TEXT NOT NULL, storedAt TEXT NOT NULL, frameCount INTEGER NOT NULL,
  studySet TEXT NOT NULL, seriesSet TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY (partition, study, series, sop)) STRICT;
-- Instances of a study in order of store; newest first for searches.
CREATE INDEX instances_of_study ON instances (partition, study, ordinal);
-- Instances of a series in order of store; newest first for searches.
CREATE INDEX instances_of_series ON instances (partition, study, series, ordinal);
-- All instances, newest first.
CREATE INDEX instances_by_ordinal ON instances (partition, ordinal);
-- All instances by SOP Instance UID.
CREATE INDEX instances_by_uid ON instances (partition, sop);
CREATE TABLE instanceMetadata (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, version TEXT NOT NULL,
  metadata BLOB, metadataKey TEXT, marks BLOB NOT NULL, frameTable BLOB, frameTableKey TEXT, bulk TEXT NOT NULL,
  PRIMARY KEY (partition, study, series, sop)) STRICT, WITHOUT ROWID;

CREATE TABLE attributeSets (
  partition INTEGER NOT NULL, study TEXT NOT NULL, digest TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY (partition, study, digest)) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  logPartition INTEGER NOT NULL, logOffset INTEGER NOT NULL, place INTEGER NOT NULL,
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, version TEXT NOT NULL,
  action TEXT NOT NULL, decidedAt INTEGER NOT NULL, detail TEXT NOT NULL, sequence INTEGER, timestamp TEXT,
  PRIMARY KEY (logPartition, logOffset, place)) STRICT, WITHOUT ROWID;
-- The feed in order; a sequence is given once.
CREATE UNIQUE INDEX changes_by_sequence ON changes (sequence) WHERE sequence IS NOT NULL;
-- Where a window of time begins.
CREATE INDEX changes_by_timestamp ON changes (timestamp) WHERE timestamp IS NOT NULL;
-- Changes that wait for their number.
CREATE INDEX changes_unnumbered ON changes (logPartition, logOffset, place) WHERE sequence IS NULL;

CREATE TABLE due (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, notBefore INTEGER NOT NULL, payload TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Work of a kind that is due.
CREATE INDEX due_by_time ON due (kind, notBefore);

CREATE TABLE dooms (
  id TEXT NOT NULL PRIMARY KEY, partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL,
  belowOrdinal INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Unfinished deletes of a study.
CREATE INDEX dooms_of_study ON dooms (partition, study);
${plannerStatistics}`;

const version2 = `
CREATE TABLE webhooks (
  id TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, filter TEXT NOT NULL, state TEXT NOT NULL,
  position INTEGER NOT NULL, attempts INTEGER NOT NULL, notBefore INTEGER NOT NULL, givenUp INTEGER NOT NULL,
  lastError TEXT, lastErrorAt TEXT, lastDeliveredAt TEXT, createdBy TEXT NOT NULL, createdAt TEXT NOT NULL, edits INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const version3 = `
-- Whether a version was ever accepted.
CREATE INDEX changes_by_version ON changes (version);
`;

const version4 = `
CREATE TABLE operations (
  id TEXT NOT NULL PRIMARY KEY, type TEXT NOT NULL, partition TEXT, request TEXT NOT NULL, state TEXT NOT NULL, status TEXT NOT NULL,
  percentComplete INTEGER NOT NULL, results TEXT, error TEXT, resources TEXT NOT NULL, cancelAsked INTEGER NOT NULL, holder TEXT NOT NULL, edits INTEGER NOT NULL,
  createdBy TEXT NOT NULL, createdAt TEXT NOT NULL, lastUpdatedAt TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Operations that have not ended.
CREATE INDEX operations_by_status ON operations (status, type, createdAt);
`;

const version5 = `
ALTER TABLE instances ADD COLUMN updateId TEXT;
ALTER TABLE instances ADD COLUMN originalVersion TEXT;
ALTER TABLE instances ADD COLUMN originalObjectKey TEXT;
ALTER TABLE instances ADD COLUMN originalSize INTEGER;
ALTER TABLE instances ADD COLUMN originalSha256 TEXT;
CREATE TABLE originalMetadata (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, version TEXT NOT NULL,
  metadata BLOB, metadataKey TEXT, marks BLOB NOT NULL, frameTable BLOB, frameTableKey TEXT, bulk TEXT NOT NULL,
  PRIMARY KEY (partition, study, series, sop)) STRICT, WITHOUT ROWID;
`;

const version6 = `
ALTER TABLE studies ADD COLUMN tags TEXT;
ALTER TABLE series ADD COLUMN tags TEXT;
CREATE TABLE queryTags (
  path TEXT NOT NULL PRIMARY KEY, key INTEGER NOT NULL, vr TEXT NOT NULL, privateCreator TEXT, level TEXT NOT NULL, status TEXT NOT NULL, queryStatus TEXT NOT NULL,
  operation TEXT, createdBy TEXT NOT NULL, createdAt TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tagValues (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, tag INTEGER NOT NULL, value TEXT NOT NULL, member TEXT, ordinal INTEGER NOT NULL,
  PRIMARY KEY (partition, study, series, sop, tag, value)) STRICT, WITHOUT ROWID;
-- What has a value for a tag, newest first, and what is left of a tag that is deleted.
CREATE INDEX tagValues_by_value ON tagValues (tag, partition, value, ordinal);
CREATE TABLE tagErrors (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, tag INTEGER NOT NULL, createdAt TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (partition, study, series, sop, tag)) STRICT, WITHOUT ROWID;
-- Errors of a tag.
CREATE INDEX tagErrors_by_tag ON tagErrors (tag);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('tagValues', 'tagValues', '50000000 45000000 50 12 1 1 1'), ('tagValues', 'tagValues_by_value', '50000000 1000000 900000 50 1');
`;

const version7 = `
CREATE TABLE restorations (
  partition INTEGER NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL, sequence INTEGER NOT NULL, version TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (partition, study, series, sop)) STRICT, WITHOUT ROWID;
-- What a rebuild brings back next.
CREATE INDEX restorations_in_order ON restorations (partition, study, sequence);
`;

export const metadataSchema: SchemaComponent = { name: 'metadata', migrations: [version1, version2, version3, version4, version5, version6, version7] };
