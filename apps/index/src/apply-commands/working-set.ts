import type { Command } from '@isocenter/commands';
import type { InstanceRow, MetadataStore, PartitionRow, SeriesRow, StudyRow, Write } from '@isocenter/metadata-store';
import type { Ordinals } from './ordinals.js';
import type { OwnedRows } from './owned-rows.js';

/** A row as it will be when the transaction commits; undefined when there is none. */
interface Held<Row> {
  row: Row | undefined;
  /** What the store has. */
  readonly stored: Row | undefined;
}

/**
 * The studies, series and instances that a transaction touches: read once, changed here by one command after the other,
 * written once. Other writes of the transaction are collected in order.
 */
export class WorkingSet {
  readonly writes: Write[] = [];
  /** The partition that this transaction makes. */
  newPartition: PartitionRow | undefined;
  private readonly studies = new Map<string, Held<StudyRow>>();
  private readonly ofSeries = new Map<string, Held<SeriesRow>>();
  private readonly instances = new Map<string, Held<InstanceRow>>();
  private readonly attributeSets = new Set<string>();

  /** Studies of which rows are removed: what the store answers about them is no longer so. */
  private readonly outdated = new Set<string>();
  private readonly touched = new Set<string>();

  constructor(private readonly store: MetadataStore, readonly ordinals: Ordinals, private readonly owned: OwnedRows) {}

  /** A later command of the study waits for the commit. */
  markOutdated(partition: number, study: string): void {
    this.outdated.add(`${partition}/${study}`);
  }

  /** Rows of the study are written that `held` does not tell of: who looks at all of it waits for the commit. */
  markTouched(partition: number, study: string): void {
    this.touched.add(`${partition}/${study}`);
  }

  /** Whether the command looks at something of its study that this transaction has yet to write. All but new instances and updates look at what the store holds of all of it. */
  mustCommitBefore(partition: number, command: Command): boolean {
    const key = `${partition}/${command.study}`;
    if (this.outdated.has(key)) return true;
    if (command.type === 'update-instance' || command.type === 'restore-instance' || (command.type === 'store-instance' && command.mode === 'create')) return false;
    const held = this.studies.get(key);
    return this.touched.has(key) || (held !== undefined && held.row !== held.stored);
  }

  async study(partition: number, study: string): Promise<Held<StudyRow>> {
    const key = `${partition}/${study}`;
    return this.hold(this.studies, key, this.owned.studies.get(key), () => this.store.findStudy(partition, study));
  }

  async series(partition: number, study: string, series: string): Promise<Held<SeriesRow>> {
    const key = `${partition}/${study}/${series}`;
    return this.hold(this.ofSeries, key, this.owned.series.get(key), () => this.store.findSeries(partition, study, series));
  }

  /** `assumeAbsent`: it is not looked for, as its insert would fail if it were there. */
  async instance(partition: number, study: string, series: string, sop: string, assumeAbsent: boolean): Promise<Held<InstanceRow>> {
    return this.hold(this.instances, `${partition}/${study}/${series}/${sop}`, undefined, async () => (assumeAbsent ? undefined : this.store.findInstance(partition, study, series, sop)));
  }

  /** All series of the study, as they will be. */
  async listSeries(partition: number, study: string): Promise<SeriesRow[]> {
    const rows = new Map((await this.store.listSeries(partition, study)).map((row) => [row.series, row]));
    for (const { row, stored } of this.ofSeries.values()) {
      const { partition: ofPartition, study: ofStudy, series } = (row ?? stored) ?? {};
      if (ofPartition !== partition || ofStudy !== study) continue;
      if (row) rows.set(row.series, row);
      else rows.delete(series!);
    }
    return [...rows.values()];
  }

  /** Writes an attribute set unless the store or this transaction has it. */
  async putAttributeSet(partition: number, study: string, digest: string, attributes: string): Promise<void> {
    const key = `${partition}/${study}/${digest}`;
    if (this.attributeSets.has(key)) return;
    this.attributeSets.add(key);
    const found = await this.store.findAttributeSets(partition, study, [digest]);
    if (found.length === 0) this.writes.push({ op: 'put', table: 'attributeSets', row: { partition, study, digest, attributes } });
  }

  /** The whole row is written, or goes, whatever the owner remembers of it; `stored` is what the store has. */
  replaceStudy(row: StudyRow | undefined, stored: StudyRow | undefined): void {
    const { partition, study } = (row ?? stored)!;
    this.studies.set(`${partition}/${study}`, { row, stored: row ? undefined : stored });
  }

  /** As `replaceStudy`. */
  replaceSeries(row: SeriesRow | undefined, stored: SeriesRow | undefined): void {
    const { partition, study, series } = (row ?? stored)!;
    this.ofSeries.set(`${partition}/${study}/${series}`, { row, stored: row ? undefined : stored });
  }

  /** All writes, rows first; of a row that the store has only the columns that changed, so that its other indexes stay untouched. */
  allWrites(): Write[] {
    const writes: Write[] = [];
    for (const { row, stored } of this.studies.values()) {
      if (row === stored) continue;
      if (!row) writes.push({ op: 'remove', table: 'studies', key: { partition: stored!.partition, study: stored!.study } });
      else if (!stored) writes.push({ op: 'put', table: 'studies', row });
      else writes.push({ op: 'update', table: 'studies', key: { partition: row.partition, study: row.study }, set: changed(stored, row) });
    }
    for (const { row, stored } of this.ofSeries.values()) {
      if (row === stored) continue;
      if (!row) writes.push({ op: 'remove', table: 'series', key: { partition: stored!.partition, study: stored!.study, series: stored!.series } });
      else if (!stored) writes.push({ op: 'put', table: 'series', row });
      else writes.push({ op: 'update', table: 'series', key: { partition: row.partition, study: row.study, series: row.series }, set: changed(stored, row) });
    }
    for (const { row, stored } of this.instances.values()) {
      if (row && row !== stored) writes.push({ op: stored ? 'put' : 'insert', table: 'instances', row });
    }
    return [...writes, ...this.writes];
  }

  /** The studies as they are when the transaction is committed, by key. */
  *studyRows(): Iterable<readonly [string, StudyRow | undefined]> {
    for (const [key, { row }] of this.studies) yield [key, row];
  }

  *seriesRows(): Iterable<readonly [string, SeriesRow | undefined]> {
    for (const [key, { row }] of this.ofSeries) yield [key, row];
  }

  private async hold<Row>(rows: Map<string, Held<Row>>, key: string, known: Row | undefined, read: () => Promise<Row | undefined>): Promise<Held<Row>> {
    let held = rows.get(key);
    if (!held) {
      const stored = known ?? (await read());
      rows.set(key, (held = { row: stored, stored }));
    }
    return held;
  }
}

/** The columns that differ; never none, since an update must say something. */
function changed<Row extends StudyRow | SeriesRow>(stored: Row, row: Row): Partial<Row> {
  const names = (Object.keys(row) as (keyof Row)[]).filter((name) => row[name] !== stored[name]);
  return Object.fromEntries((names.length > 0 ? names : ['instanceCount' as keyof Row]).map((name) => [name, row[name]])) as Partial<Row>;
}
