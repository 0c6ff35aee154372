/**
 * What SQLite's planner is to believe of the tables (format of sqlite_stat1: rows, then rows per value of the index's first
 * column, of its first two, …). Fixed instead of gathered, so that plans do not depend on what was stored when: a partition
 * is nearly the whole table, an identifier is nearly one row.
 */
const STATISTICS: readonly (readonly [table: string, index: string, stat: string])[] = [
  ['studies', 'sqlite_autoindex_studies_1', '1000000 900000 1'],
  ['studies', 'studies_by_ordinal', '1000000 900000 1'],
  ['studies', 'studies_by_patientId', '1000000 900000 4 1'],
  ['studies', 'studies_by_patientName', '1000000 900000 5 1'],
  ['studies', 'studies_by_birthDate', '1000000 900000 40 1'],
  ['studies', 'studies_by_accessionNumber', '1000000 900000 2 1'],
  ['studies', 'studies_by_referringPhysician', '1000000 900000 500 1'],
  ['studies', 'studies_by_studyDate', '1000000 900000 400 1'],
  ['studies', 'studies_by_description', '1000000 900000 2000 1'],
  ['nameWords', 'nameWords', '2000000 1800000 50 2 1'],
  ['series', 'sqlite_autoindex_series_1', '4000000 3600000 4 1'],
  ['series', 'series_of_study', '4000000 3600000 4 1'],
  ['series', 'series_by_ordinal', '4000000 3600000 1'],
  ['series', 'series_by_uid', '4000000 3600000 1'],
  ['series', 'series_by_modality', '4000000 3600000 200000 1'],
  ['series', 'series_by_manufacturerModel', '4000000 3600000 20000 1'],
  ['series', 'series_by_performedStartDate', '4000000 3600000 1600 1'],
  ['instances', 'sqlite_autoindex_instances_1', '200000000 180000000 200 50 1'],
  ['instances', 'instances_of_study', '200000000 180000000 200 1'],
  ['instances', 'instances_of_series', '200000000 180000000 200 50 1'],
  ['instances', 'instances_by_ordinal', '200000000 180000000 1'],
  ['instances', 'instances_by_uid', '200000000 180000000 1'],
];

/** Statements that make the statistics; connections opened later plan with them. */
export const plannerStatistics = `
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
${STATISTICS.map(([table, index, stat]) => `  ('${table}', '${index}', '${stat}')`).join(',\n')};
`;
