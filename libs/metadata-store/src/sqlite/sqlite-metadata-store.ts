import { EventEmitter } from 'node:events';
import { StandaloneFileError, type SqlRow, type SqlValue, type StandaloneFile } from '@isocenter/standalone-file';
import { MetadataStoreUnavailableError, TransactionRefusedError } from '../errors.js';
import type { ChangeWindow, InstanceScope, InstanceSummary, InstanceVersion, MetadataStore, NumberedChange, TagValueKey, Without } from '../metadata-store.js';
import type { AttributeSetRow, ChangeRow, CursorRow, DecisionRow, DoomRow, DueRow, InstanceMetadataRow, InstanceRow, OperationRow, PartitionRow, QueryTagRow, RestorationRow, SeriesRow, StudyRow, TagErrorRow, TagValueRow, WebhookRow } from '../rows.js';
import type { SearchHit, SearchPlan } from '../search-plan.js';
import type { Outcome, Transaction } from '../transaction.js';
import { compileSearch } from './compile-search.js';
import { compileWrite } from './compile-transaction.js';

/** Rows of a page that are read on the calling thread; longer pages go to a reader thread. */
const POINT_READ_ROWS = 8;

const NUMBERED = `
SELECT c.*, p.name AS partitionName, i.version AS currentVersion
FROM changes c JOIN partitions p ON p.key = c.partition
LEFT JOIN instances i ON i.partition = c.partition AND i.study = c.study AND i.series = c.series AND i.sop = c.sop`;

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

export class SqliteMetadataStore implements MetadataStore {
  private readonly hints = new EventEmitter().setMaxListeners(0);
  /** A partition never changes once it is there. */
  private readonly partitions = new Map<string, PartitionRow>();

  constructor(private readonly file: StandaloneFile) {}

  async commit({ writes, durable = true }: Transaction): Promise<Outcome> {
    const result = await this.guard(() => this.file.write({ statements: writes.map(compileWrite), durable }));
    if (!result.committed) return { committed: false, failed: result.statement };
    if (writes.some(({ table }) => table === 'changes')) this.hints.emit('changes');
    return { committed: true };
  }

  async findPartition(name: string): Promise<PartitionRow | undefined> {
    const known = this.partitions.get(name);
    if (known) return known;
    const found = this.one<PartitionRow>('SELECT * FROM partitions WHERE name = ?', name);
    if (found) this.partitions.set(name, found);
    return found;
  }

  async listPartitions(afterKey: number): Promise<PartitionRow[]> {
    return this.all('SELECT * FROM partitions WHERE key > ? ORDER BY key', afterKey);
  }

  async readCursor(name: string): Promise<CursorRow | undefined> {
    return this.one('SELECT * FROM cursors WHERE name = ?', name);
  }

  async findDecisions(commandIds: readonly string[]): Promise<DecisionRow[]> {
    return this.all(`SELECT * FROM decisions WHERE commandId IN (${placeholders(commandIds)})`, ...commandIds);
  }

  async forgetDecisions(decidedBefore: number): Promise<number> {
    const statement = { sql: 'DELETE FROM decisions WHERE commandId IN (SELECT commandId FROM decisions WHERE decidedAt < ? LIMIT 10000) RETURNING 1 AS gone', params: [decidedBefore], returning: true };
    const result = await this.guard(() => this.file.write({ statements: [statement], durable: false }));
    return result.committed ? result.rows[0]!.length : 0;
  }

  async findStudy(partition: number, study: string): Promise<StudyRow | undefined> {
    return this.one('SELECT * FROM studies WHERE partition = ? AND study = ?', partition, study);
  }

  async findSeries(partition: number, study: string, series: string): Promise<SeriesRow | undefined> {
    return this.one('SELECT * FROM series WHERE partition = ? AND study = ? AND series = ?', partition, study, series);
  }

  async listSeries(partition: number, study: string): Promise<SeriesRow[]> {
    return this.all('SELECT * FROM series WHERE partition = ? AND study = ? ORDER BY ordinal', partition, study);
  }

  async findInstance(partition: number, study: string, series: string, sop: string): Promise<InstanceRow | undefined> {
    return this.one('SELECT * FROM instances WHERE partition = ? AND study = ? AND series = ? AND sop = ?', partition, study, series, sop);
  }

  async listInstances(scope: InstanceScope, { belowOrdinal = Number.MAX_SAFE_INTEGER, afterOrdinal = -1, limit = -1 } = {}): Promise<InstanceRow[]> {
    const { text, params } = scoped('i', scope);
    const sql = `SELECT i.* FROM instances i WHERE ${text} AND i.ordinal > ? AND i.ordinal < ? ORDER BY i.ordinal LIMIT ?`;
    return this.page(limit, sql, [...params, afterOrdinal, belowOrdinal, limit]);
  }

  async summarizeInstances(scope: InstanceScope): Promise<InstanceSummary | undefined> {
    const { text, params } = scoped('i', scope);
    const sql = `SELECT COUNT(*) AS count, MAX(i.version) AS newestVersion, group_concat(DISTINCT i.transferSyntax) AS transferSyntaxes FROM instances i WHERE ${text}`;
    const [row] = await this.page<{ count: number; newestVersion: string; transferSyntaxes: string }>(scope.sop === undefined ? -1 : 1, sql, params);
    return row && row.count > 0 ? { ...row, transferSyntaxes: row.transferSyntaxes.split(',') } : undefined;
  }

  async findInstanceMetadata(partition: number, study: string, series: string, sop: string): Promise<InstanceMetadataRow | undefined> {
    return this.one('SELECT * FROM instanceMetadata WHERE partition = ? AND study = ? AND series = ? AND sop = ?', partition, study, series, sop);
  }

  async listInstanceMetadata(scope: InstanceScope, afterOrdinal: number, limit: number, { original = false } = {}): Promise<(InstanceMetadataRow & { ordinal: number })[]> {
    const { text, params } = scoped('i', scope);
    const from = (table: string, which = ''): string => `SELECT m.*, i.ordinal AS ordinal FROM instances i
      JOIN ${table} m ON m.partition = i.partition AND m.study = i.study AND m.series = i.series AND m.sop = i.sop WHERE ${text} AND i.ordinal > ?${which}`;
    if (!original) return this.page(limit, `${from('instanceMetadata')} ORDER BY i.ordinal LIMIT ?`, [...params, afterOrdinal, limit]);
    const sql = `${from('instanceMetadata', ' AND i.originalVersion IS NULL')} UNION ALL ${from('originalMetadata', ' AND i.originalVersion IS NOT NULL')} ORDER BY ordinal LIMIT ?`;
    return this.page(limit, sql, [...params, afterOrdinal, ...params, afterOrdinal, limit]);
  }

  async listAttributeSets(level: 'study' | 'series', scope: InstanceScope, without: Without): Promise<AttributeSetRow[]> {
    const { text, params } = scoped('i', scope);
    const gone = scoped('i', { ...scope, series: without.series ?? scope.series, sop: without.sop });
    const set = level === 'study' ? 'studySet' : 'seriesSet';
    const sql = `SELECT a.* FROM (SELECT i.${set} AS digest, MAX(i.version) AS newest FROM instances i WHERE ${text} AND NOT (${gone.text} AND i.ordinal <= ?) GROUP BY i.${set}) u
      JOIN attributeSets a ON a.partition = ? AND a.study = ? AND a.digest = u.digest ORDER BY u.newest DESC`;
    return (await this.guard(() => this.file.query(sql, [...params, ...gone.params, without.upToOrdinal, scope.partition, scope.study]))) as unknown as AttributeSetRow[];
  }

  async findAttributeSets(partition: number, study: string, digests: readonly string[]): Promise<string[]> {
    const rows = this.all<{ digest: string }>(`SELECT digest FROM attributeSets WHERE partition = ? AND study = ? AND digest IN (${placeholders(digests)})`, partition, study, ...digests);
    return rows.map(({ digest }) => digest);
  }

  async listDooms(partition: number, study: string): Promise<DoomRow[]> {
    return this.all('SELECT * FROM dooms WHERE partition = ? AND study = ?', partition, study);
  }

  async search(plan: SearchPlan): Promise<SearchHit[]> {
    const { sql, params } = compileSearch(plan);
    // However short the page, finding it may take long.
    return (await this.guard(() => this.file.query(sql, params))) as (SqlRow & SearchHit)[];
  }

  async listUnnumberedChanges(limit: number): Promise<ChangeRow[]> {
    return this.all('SELECT * FROM changes INDEXED BY changes_unnumbered WHERE sequence IS NULL ORDER BY logPartition, logOffset, place LIMIT ?', limit);
  }

  async listChanges({ after, upTo = Number.MAX_SAFE_INTEGER, limit }: ChangeWindow): Promise<NumberedChange[]> {
    return this.page<NumberedChange>(limit, `${NUMBERED} WHERE c.sequence > ? AND c.sequence <= ? ORDER BY c.sequence LIMIT ?`, [after, upTo, limit]);
  }

  async sequenceAt(timestamp: string): Promise<number | undefined> {
    return this.one<{ sequence: number }>('SELECT sequence FROM changes WHERE timestamp >= ? ORDER BY timestamp LIMIT 1', timestamp)?.sequence;
  }

  async latestChange(): Promise<NumberedChange | undefined> {
    return this.one(`${NUMBERED} WHERE c.sequence = (SELECT MAX(sequence) FROM changes WHERE sequence IS NOT NULL)`);
  }

  async findKnownVersions(versions: readonly InstanceVersion[]): Promise<ReadonlySet<string>> {
    if (versions.length === 0) return new Set();
    const keys = versions.map(() => '(?, ?, ?, ?)').join(', ');
    const sql = `SELECT version, NULL AS original FROM changes INDEXED BY changes_by_version WHERE version IN (${placeholders(versions)})
      UNION SELECT version, originalVersion FROM instances WHERE (partition, study, series, sop) IN (VALUES ${keys})`;
    const asked = new Set(versions.map(({ version }) => version));
    const rows = await this.guard(() => this.file.query(sql, [...versions.map(({ version }) => version), ...versions.flatMap(({ partition, study, series, sop }) => [partition, study, series, sop])]));
    return new Set(rows.flatMap(({ version, original }) => [version as string, original as string]).filter((version) => asked.has(version)));
  }

  async listVersionChanges(versions: readonly string[]): Promise<ChangeRow[]> {
    if (versions.length === 0) return [];
    return (await this.guard(() => this.file.query(`SELECT * FROM changes INDEXED BY changes_by_version WHERE version IN (${placeholders(versions)})`, [...versions]))) as (SqlRow & ChangeRow)[];
  }

  async listWebhooks(): Promise<WebhookRow[]> {
    return this.all('SELECT * FROM webhooks ORDER BY id');
  }

  async listQueryTags(): Promise<QueryTagRow[]> {
    return this.all('SELECT * FROM queryTags ORDER BY key');
  }

  async findTagValues(partition: number, keys: readonly TagValueKey[]): Promise<TagValueRow[]> {
    if (keys.length === 0) return [];
    const sql = `SELECT * FROM tagValues WHERE partition = ? AND (study, series, sop, tag) IN (VALUES ${keys.map(() => '(?, ?, ?, ?)').join(', ')})`;
    return (await this.guard(() => this.file.query(sql, [partition, ...keys.flatMap(({ study, series, sop, tag }) => [study, series, sop, tag])]))) as (SqlRow & TagValueRow)[];
  }

  async listTagValues(tag: number, limit: number): Promise<TagValueRow[]> {
    return this.page(limit, 'SELECT * FROM tagValues INDEXED BY tagValues_by_value WHERE tag IN (?, ?) LIMIT ?', [tag, -tag, limit]);
  }

  async listTagErrors(tag: number, offset: number, limit: number): Promise<TagErrorRow[]> {
    return this.page(limit, 'SELECT * FROM tagErrors INDEXED BY tagErrors_by_tag WHERE tag = ? ORDER BY partition, study, series, sop LIMIT ? OFFSET ?', [tag, limit, offset]);
  }

  async countTagErrors(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.guard(() => this.file.query('SELECT tag, COUNT(*) AS count FROM tagErrors INDEXED BY tagErrors_by_tag GROUP BY tag', []));
    return new Map(rows.map(({ tag, count }) => [Number(tag), Number(count)]));
  }

  async listStudies(partition: number, afterOrdinal: number, limit: number): Promise<StudyRow[]> {
    return this.page(limit, 'SELECT * FROM studies INDEXED BY studies_by_ordinal WHERE partition = ? AND ordinal > ? ORDER BY ordinal LIMIT ?', [partition, afterOrdinal, limit]);
  }

  async listRestorations(scope: Pick<InstanceScope, 'partition' | 'study'> | undefined, limit: number): Promise<RestorationRow[]> {
    const where = scope ? 'WHERE partition = ? AND study = ? ' : '';
    return this.page(limit, `SELECT * FROM restorations INDEXED BY restorations_in_order ${where}ORDER BY partition, study, sequence LIMIT ?`, [...(scope ? [scope.partition, scope.study] : []), limit]);
  }

  async findRestoration(partition: number, study: string, series: string, sop: string): Promise<RestorationRow | undefined> {
    return this.one('SELECT * FROM restorations WHERE partition = ? AND study = ? AND series = ? AND sop = ?', partition, study, series, sop);
  }

  async findOperation(id: string): Promise<OperationRow | undefined> {
    return this.one('SELECT * FROM operations WHERE id = ?', id);
  }

  async listOpenOperations(types: readonly string[]): Promise<OperationRow[]> {
    return this.all(`SELECT * FROM operations WHERE status IN ('notStarted', 'running') AND type IN (${placeholders(types)}) ORDER BY createdAt, id`, ...types);
  }

  async listDue(kind: DueRow['kind'], notAfter: number, limit: number): Promise<DueRow[]> {
    return this.all('SELECT * FROM due WHERE kind = ? AND notBefore <= ? ORDER BY notBefore LIMIT ?', kind, notAfter, limit);
  }

  onChanges(listener: () => void): () => void {
    this.hints.on('changes', listener);
    return () => this.hints.off('changes', listener);
  }

  async ping(): Promise<void> {
    try {
      this.file.ping();
    } catch (error) {
      throw new MetadataStoreUnavailableError(error);
    }
  }

  private all<Row>(sql: string, ...params: readonly SqlValue[]): Row[] {
    try {
      return this.file.read(sql, params) as Row[];
    } catch (error) {
      throw new MetadataStoreUnavailableError(error);
    }
  }

  private one<Row>(sql: string, ...params: readonly SqlValue[]): Row | undefined {
    return this.all<Row>(sql, ...params)[0];
  }

  private async page<Row>(limit: number, sql: string, params: readonly SqlValue[]): Promise<Row[]> {
    if (limit >= 0 && limit <= POINT_READ_ROWS) return this.all(sql, ...params);
    return (await this.guard(() => this.file.query(sql, params))) as (SqlRow & Row)[];
  }

  private async guard<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw error instanceof StandaloneFileError && error.refused ? new TransactionRefusedError(error) : new MetadataStoreUnavailableError(error);
    }
  }
}

function scoped(alias: string, { partition, study, series, sop }: InstanceScope): { text: string; params: SqlValue[] } {
  const parts: [string, SqlValue | undefined][] = [['partition', partition], ['study', study], ['series', series], ['sop', sop]];
  const given = parts.filter(([, value]) => value !== undefined);
  return { text: given.map(([name]) => `${alias}.${name} = ?`).join(' AND '), params: given.map(([, value]) => value!) };
}
