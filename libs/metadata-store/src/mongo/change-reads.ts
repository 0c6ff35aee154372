import type { ChangeWindow, NumberedChange } from '../metadata-store.js';
import type { ChangeRow } from '../rows.js';
import type { Reading } from './reading.js';

/** Reads of the changes, with what an entry says of now. */
export class ChangeReads {
  /** Names never change once they are there. */
  private readonly partitionNames = new Map<number, string>();

  constructor(private readonly reading: Reading) {}

  /** In the order of their log partition. */
  listUnnumbered(limit: number): Promise<ChangeRow[]> {
    return this.reading.rows('changes', { sequence: null }, { sort: { '_id.logPartition': 1, '_id.logOffset': 1, '_id.place': 1 }, hint: 'changes_unnumbered', limit });
  }

  async list({ after, upTo, limit }: ChangeWindow): Promise<NumberedChange[]> {
    const sequence = { $gt: Math.max(after, 0), ...(upTo !== undefined && { $lte: upTo }) };
    return this.withNow(await this.reading.rows('changes', { sequence }, { sort: { sequence: 1 }, hint: 'changes_by_sequence', limit }));
  }

  async latest(): Promise<NumberedChange | undefined> {
    return (await this.withNow(await this.reading.rows('changes', { sequence: { $gt: 0 } }, { sort: { sequence: -1 }, hint: 'changes_by_sequence', limit: 1 })))[0];
  }

  async sequenceAt(timestamp: string): Promise<number | undefined> {
    return (await this.reading.row('changes', { timestamp: { $gte: timestamp } }, { sort: { timestamp: 1 }, hint: 'changes_by_timestamp' }))?.sequence ?? undefined;
  }

  private async withNow(rows: readonly ChangeRow[]): Promise<NumberedChange[]> {
    if (rows.length === 0) return [];
    const nameOf = ({ partition, study, series, sop }: Pick<ChangeRow, 'partition' | 'study' | 'series' | 'sop'>): string => `${partition}/${study}/${series}/${sop}`;
    const keys = [...new Map(rows.map((row) => [nameOf(row), { partition: row.partition, study: row.study, series: row.series, sop: row.sop }])).values()];
    const [instances] = await Promise.all([
      this.reading.find('instances', { _id: { $in: keys } }, { hint: '_id_', projection: { version: 1 } }),
      this.learnPartitions(rows),
    ]);
    const versions = new Map(instances.map(({ _id, version }) => [nameOf(_id as ChangeRow), version as string]));
    return rows.map((row) => ({
      ...row, sequence: row.sequence!, timestamp: row.timestamp!,
      partitionName: this.partitionNames.get(row.partition)!, currentVersion: versions.get(nameOf(row)) ?? null,
    }));
  }

  private async learnPartitions(rows: readonly ChangeRow[]): Promise<void> {
    const unknown = [...new Set(rows.map(({ partition }) => partition))].filter((key) => !this.partitionNames.has(key));
    if (unknown.length === 0) return;
    for (const { key, name } of await this.reading.rows('partitions', { key: { $in: unknown } }, { hint: 'partitions_by_key' })) this.partitionNames.set(key, name);
  }
}
