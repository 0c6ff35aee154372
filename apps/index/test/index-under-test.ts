import { bringsVersion, commandHeaders, commandKey, decodeDecision, encodeCommand, type Command, type Decision, type StoreInstanceBody } from '@isocenter/commands';
import { TOPICS, type LogBatch, type StoredRecord } from '@isocenter/event-log';
import type { ChangeRow, DueRow, InstanceRow, Level, SearchHit, SeriesRow, StudyRow } from '@isocenter/metadata-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { applyBatch, type Applied, type DeadLetter } from '../src/apply-commands/apply-batch.js';
import { moveTagSet } from '../src/query-tags/move-tag-set.js';
import { OwnedRows } from '../src/apply-commands/owned-rows.js';

const BODY: StoreInstanceBody = { metadata: Buffer.from('{}'), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) };
const FAR_AHEAD = 1e15;

/** The writer of metadata over the real adapters; a test hands it batches and looks at what is stored. */
export class IndexUnderTest {
  readonly kept: DeadLetter[] = [];
  /** What the owner of the log partition remembers. */
  owned = new OwnedRows();
  private end = 0;

  private constructor(readonly ports: OpenPorts) {}

  static async open(): Promise<IndexUnderTest> {
    return new IndexUnderTest(await openPorts());
  }

  get store(): OpenPorts['store'] {
    return this.ports.store;
  }

  close(): Promise<void> {
    return this.ports.close();
  }

  /** The next records of the one log partition; what is no command goes in as it is. */
  batch(...values: readonly (Command | StoredRecord['value'])[]): LogBatch {
    const first = this.end;
    this.end += values.length;
    const records = values.map((value, at): StoredRecord => {
      if (Buffer.isBuffer(value)) return { offset: first + at, key: 'k', headers: { ce_id: `unreadable-${first + at}` }, value };
      return { offset: first + at, key: commandKey(value), headers: commandHeaders(value), value: encodeCommand(value, bringsVersion(value) ? BODY : undefined) };
    });
    return { topic: TOPICS.instanceCommands.name, partition: 0, first, end: this.end, records };
  }

  /** Applies versions with this body as one batch. */
  async storeWith(body: StoreInstanceBody, ...commands: readonly Command[]): Promise<void> {
    const { records, ...batch } = this.batch(...commands);
    await this.run({ ...batch, records: records.map((record, at) => ({ ...record, value: encodeCommand(commands[at]!, body) })) });
  }

  /** As who adds or deletes extended query tags. */
  async moveTagSet(tagSet: number): Promise<void> {
    await moveTagSet(this.store, TOPICS.instanceCommands.name, 0, tagSet);
  }

  /** As the one owner of the log partition, or as another one. */
  run(batch: LogBatch, owned = this.owned): Promise<Applied> {
    return applyBatch(batch, { store: this.store, owned, graceMs: 1_000_000, keepDeadLetters: async (letters) => void this.kept.push(...letters) });
  }

  /** Applies the commands as one batch; resolves with their decisions. */
  async together(...commands: readonly Command[]): Promise<(Decision | undefined)[]> {
    await this.run(this.batch(...commands));
    return Promise.all(commands.map(({ id }) => this.decisionOf(id)));
  }

  /** Applies the commands, each as a batch of its own. */
  async oneByOne(...commands: readonly Command[]): Promise<(Decision | undefined)[]> {
    const decisions: (Decision | undefined)[] = [];
    for (const command of commands) decisions.push(...(await this.together(command)));
    return decisions;
  }

  /** Applies the commands that transactions left behind, one batch after the other, until none is left; resolves with how many. */
  async followUps(): Promise<number> {
    let count = 0;
    for (;;) {
      const due = await this.store.listDue('send-command', FAR_AHEAD, 100);
      if (due.length === 0) return count;
      for (const { id, payload } of due) {
        count += 1;
        await this.run(this.batch(JSON.parse(payload) as Command));
        await this.store.commit({ writes: [{ op: 'remove', table: 'due', key: { id } }] });
      }
    }
  }

  async decisionOf(id: string): Promise<Decision | undefined> {
    const [row] = await this.store.findDecisions([id]);
    return row && decodeDecision(row.decision);
  }

  study(uid: string): Promise<StudyRow | undefined> {
    return this.store.findStudy(1, uid);
  }

  series(study: string, uid: string): Promise<SeriesRow | undefined> {
    return this.store.findSeries(1, study, uid);
  }

  instances(study: string): Promise<InstanceRow[]> {
    return this.store.listInstances({ partition: 1, study });
  }

  changes(): Promise<ChangeRow[]> {
    return this.store.listUnnumberedChanges(100_000);
  }

  /** Versions whose objects are to be removed, now or later. */
  async dueVersions(): Promise<string[]> {
    return (await this.removals()).map(({ payload }) => (JSON.parse(payload) as { version: string }).version);
  }

  removals(): Promise<DueRow[]> {
    return this.store.listDue('remove-objects', FAR_AHEAD, 100_000);
  }

  async found(level: Level, keyword: string, prefix: string): Promise<SearchHit[]> {
    return this.store.search({ level, partition: 1, predicates: [{ kind: 'words', column: keyword as 'patientName', prefixes: [prefix] }], withStudy: false, withSeries: false, offset: 0, limit: 100 });
  }

  /** All rows that say what is stored, for "nothing changed". */
  async everything(): Promise<Record<string, unknown>> {
    const tables = ['partitions', 'cursors', 'decisions', 'studies', 'series', 'instances', 'instanceMetadata', 'originalMetadata', 'attributeSets', 'nameWords', 'changes', 'due', 'dooms', 'tagValues', 'tagErrors'];
    return Object.fromEntries(tables.map((table) => [table, this.ports.file.read(`SELECT * FROM ${table} ORDER BY 1, 2, 3`, [])]));
  }
}
