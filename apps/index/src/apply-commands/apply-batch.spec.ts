import { encodeDecision } from '@isocenter/commands';
import { MetadataStoreUnavailableError } from '@isocenter/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';
import { BatchElsewhereError } from './apply-batch.js';
import { OwnedRows } from './owned-rows.js';

describe('applyBatch', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  const insertVoid = (id: string): Promise<unknown> => index.store.commit({ writes: [{ op: 'insert', table: 'decisions', row: { commandId: id, decision: encodeDecision({ kind: 'void' }), decidedAt: Date.now() } }] });

  describe('I4: once', () => {
    it('given a batch that is handed over again, then it is dropped and nothing changes', async () => {
      const batch = index.batch(storeCommand('1/1/1'), storeCommand('1/1/1'), deleteCommand('2'), storeCommand('1/1/2', {}, { mode: 'replace' }));
      await index.run(batch);
      const before = await index.everything();
      await expect(index.run(batch)).rejects.toThrow(BatchElsewhereError);
      expect(await index.everything()).toEqual(before);
    });

    it('given the same commands once more in the log, then nothing but the position changes', async () => {
      const commands = [storeCommand('1/1/1', { bytes: 'a' }), storeCommand('1/1/1', { bytes: 'b' }), storeCommand('1/1/1', { bytes: 'c' }, { mode: 'replace' }), storeCommand('2/1/1'), deleteCommand('2'), deleteCommand('3')];
      const decisions = await index.together(...commands);
      const { cursors: _before, ...before } = await index.everything();
      expect(await index.together(...commands)).toEqual(decisions);
      expect(await index.oneByOne(...commands)).toEqual(decisions);
      const { cursors, ...after } = await index.everything();
      expect(after).toEqual(before);
      expect(cursors).toMatchObject([{ position: 18 }]);
    });

    it('given one command twice in a batch, then it happens once', async () => {
      const command = storeCommand('1/1/1');
      const [first, second] = await index.together(command, command);
      expect(first).toEqual({ kind: 'created', version: command.version });
      expect(second).toEqual(first);
      expect(await index.changes()).toHaveLength(1);
      expect(await index.dueVersions()).toEqual([]);
    });

    it('given a batch that begins behind or before the stored position, then it is dropped', async () => {
      await index.run(index.batch(storeCommand('1/1/1')));
      const skipped = index.batch(storeCommand('1/1/2'));
      await expect(index.run(index.batch(storeCommand('1/1/3')))).rejects.toThrow(BatchElsewhereError);
      await index.run(skipped);
      await expect(index.run(skipped)).rejects.toThrow(BatchElsewhereError);
      expect((await index.instances('1')).map(({ sop }) => sop)).toEqual(['1', '2']);
    });

    it('given two owners with the same batch at the same time, then one of them applies it', async () => {
      const batch = index.batch(storeCommand('1/1/1'), storeCommand('1/1/2'));
      const results = await Promise.allSettled([index.run(batch), index.run(batch, new OwnedRows())]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await index.study('1')).toMatchObject({ instanceCount: 2 });
      expect(await index.changes()).toHaveLength(2);
    });

    it('given a batch of which a part was committed, then it goes on behind that part', async () => {
      const batch = index.batch(storeCommand('1/1/1'), storeCommand('1/1/2'), storeCommand('1/1/3'));
      await index.run({ ...batch, end: 1, records: batch.records.slice(0, 1) });
      await expect(index.run(batch)).rejects.toThrow(BatchElsewhereError);
      await index.run({ ...batch, first: 1, records: batch.records.slice(1) });
      expect(await index.study('1')).toMatchObject({ instanceCount: 3 });
    });
  });

  describe('a void', () => {
    it('given one before the command is read, then nothing happens and the object is due for removal', async () => {
      const [first, second] = [storeCommand('1/1/1'), storeCommand('new/1/1', {}, { partition: 'new' })];
      await insertVoid(first.id);
      await insertVoid(second.id);
      expect(await index.together(first, second)).toEqual([{ kind: 'void' }, { kind: 'void' }]);
      expect(await index.study('1')).toBeUndefined();
      expect(await index.changes()).toEqual([]);
      expect(await index.store.findPartition('new')).toBeUndefined();
      expect((await index.dueVersions()).sort()).toEqual([first.version, second.version].sort());
      expect((await index.removals()).every(({ notBefore }) => notBefore <= Date.now())).toBe(true);
    });

    it('given one of a delete, then nothing is deleted', async () => {
      const command = deleteCommand('1');
      await index.together(storeCommand('1/1/1'));
      await insertVoid(command.id);
      await index.together(command);
      expect(await index.instances('1')).toHaveLength(1);
    });

    it('given ones inserted while the batch is applied, then each command is either void or happens, never both', async () => {
      const commands = Array.from({ length: 40 }, (_, at) => storeCommand(`1/1/${at}`));
      const running = index.together(...commands);
      const voids = commands.filter((_, at) => at % 10 === 0).map(({ id }) => insertVoid(id));
      const decisions = await running;
      await Promise.all(voids);
      const created = commands.filter((_, at) => decisions[at]?.kind === 'created').map(({ sop }) => sop);
      expect((await index.instances('1')).map(({ sop }) => sop)).toEqual(created);
      expect(decisions.every((decision) => decision?.kind === 'created' || decision?.kind === 'void')).toBe(true);
      expect(await index.changes()).toHaveLength(created.length);
    });
  });

  describe('a deadline', () => {
    it('given a command behind it, then it is refused, its object is due, and no partition is made', async () => {
      const late = storeCommand('1/1/1', {}, { deadline: Date.now() - 1, partition: 'new' });
      expect(await index.together(late, deleteCommand('1', { deadline: Date.now() - 1 }))).toEqual([{ kind: 'late' }, { kind: 'late' }]);
      expect(await index.dueVersions()).toEqual([late.version]);
      expect(await index.store.findPartition('new')).toBeUndefined();
      expect(await index.changes()).toEqual([]);
    });

    it('given a command without one, then it is never late', async () => {
      expect(await index.together(storeCommand('1/1/1', {}, { deadline: undefined }))).toMatchObject([{ kind: 'created' }]);
    });
  });

  describe('partitions', () => {
    it('given the first store into one, then it is made', async () => {
      await index.together(storeCommand('1/1/1', {}, { partition: 'ward-7' }));
      const partition = await index.store.findPartition('ward-7');
      expect(partition).toMatchObject({ key: 2, createdAt: expect.stringMatching(/Z$/) });
      expect(await index.store.findStudy(2, '1')).toMatchObject({ instanceCount: 1 });
      expect(await index.study('1')).toBeUndefined();
    });

    it('given several new ones in a batch, in turn, then each has its own key and instances', async () => {
      const names = ['a', 'b', 'a', 'Microsoft.Default', 'c', 'b'];
      const decisions = await index.together(...names.map((partition, at) => storeCommand(`1/1/${at}`, {}, { partition })));
      expect(decisions.every((decision) => decision?.kind === 'created')).toBe(true);
      const partitions = await index.store.listPartitions(0);
      expect(partitions.map(({ key, name }) => [key, name])).toEqual([[1, 'Microsoft.Default'], [2, 'a'], [3, 'b'], [4, 'c']]);
      for (const { key, name } of partitions) expect(await index.store.findStudy(key, '1')).toMatchObject({ instanceCount: names.filter((one) => one === name).length });
    });

    it('given that another owner makes one at the same time, then both get their own key', async () => {
      const batch = index.batch(storeCommand('1/1/1', {}, { partition: 'a' }));
      const elsewhere = { ...index.batch(storeCommand('1/1/1', {}, { partition: 'b' })), partition: 1 };
      const first = { ...elsewhere, first: 0, end: 1, records: elsewhere.records.map((record) => ({ ...record, offset: 0 })) };
      await Promise.all([index.run(batch), index.run(first)]);
      expect((await index.store.listPartitions(1)).map(({ key }) => key)).toEqual([2, 3]);
    });
  });

  describe('what cannot be decided', () => {
    it('given a record that cannot be read, then it is a dead letter with a failed decision, and the others happen', async () => {
      const command = storeCommand('1/1/1');
      const { decided, deadLetters } = await index.run(index.batch(Buffer.from('nonsense'), command, Buffer.alloc(0)));
      expect(decided.map(({ id }) => id)).toEqual([command.id]);
      expect(deadLetters.map(({ record }) => record.offset)).toEqual([0, 2]);
      expect(index.kept).toEqual(deadLetters);
      expect(await index.decisionOf('unreadable-0')).toEqual({ kind: 'failed', text: expect.stringContaining('cannot be read') });
      expect(await index.instances('1')).toHaveLength(1);
    });

    it('given a command whose content breaks its decision, then only it fails', async () => {
      const broken = storeCommand('1/1/2');
      const wrong = { ...broken, studyAttributes: { ...broken.studyAttributes, members: 'no JSON' } };
      const decisions = await index.together(storeCommand('1/1/1', { study: { PatientID: 'P' } }), wrong, storeCommand('1/1/3'));
      expect(decisions.map((decision) => decision?.kind)).toEqual(['created', 'failed', 'created']);
      expect(await index.study('1')).toMatchObject({ instanceCount: 2 });
      expect((await index.instances('1')).map(({ sop }) => sop)).toEqual(['1', '3']);
      expect(index.kept.map(({ record }) => record.offset)).toEqual([1]);
      expect(await index.dueVersions()).toEqual([wrong.version]);
    });

    it('given a command whose rows the store refuses, then only it fails', async () => {
      const taken = storeCommand('1/1/2');
      await index.ports.file.write({ statements: [{ sql: "CREATE TRIGGER refuse BEFORE INSERT ON instances WHEN new.sop = '2' BEGIN SELECT RAISE(ABORT, 'refused'); END", params: [] }], durable: true });
      const decisions = await index.together(storeCommand('1/1/1'), taken, storeCommand('1/1/3'));
      expect(decisions.map((decision) => decision?.kind)).toEqual(['created', 'failed', 'created']);
      expect(await index.study('1')).toMatchObject({ instanceCount: 2 });
      expect(index.kept).toHaveLength(1);
    });

    it('given that its text is told to the asker, then it holds nothing of the content', async () => {
      const broken = storeCommand('1/1/2');
      const wrong = { ...broken, studyAttributes: { ...broken.studyAttributes, members: '"x":Doe^John' } };
      const [, failed] = await index.together(storeCommand('1/1/1', { study: { PatientID: 'P' } }), wrong);
      expect(failed).toMatchObject({ kind: 'failed' });
      expect(JSON.stringify(failed)).not.toContain('Doe');
    });

    it('given that dead letters cannot be kept, then nothing of the batch happens', async () => {
      const batch = index.batch(storeCommand('1/1/1'), Buffer.from('nonsense'));
      const { applyBatch } = await import('./apply-batch.js');
      await expect(applyBatch(batch, { store: index.store, owned: new OwnedRows(), graceMs: 0, keepDeadLetters: async () => { throw new Error('log away'); } })).rejects.toThrow('log away');
      expect(await index.study('1')).toBeUndefined();
      await index.run(batch);
      expect(await index.instances('1')).toHaveLength(1);
    });

    it('given a store that is away, then the batch is rejected and no command fails for that', async () => {
      const other = await IndexUnderTest.open();
      const batch = other.batch(storeCommand('1/1/1'));
      await other.ports.file.close();
      await expect(other.run(batch)).rejects.toThrow(MetadataStoreUnavailableError);
      expect(other.kept).toEqual([]);
      await other.close();
    });
  });

  it('given many commands of several studies in one batch, then the result is that of one by one', async () => {
    const other = await IndexUnderTest.open();
    try {
      let seed = 7;
      const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
      const commands = Array.from({ length: 150 }, (_, at) => {
        const path = `${random(3)}/${random(2)}/${random(4)}`;
        if (random(5) === 0) return deleteCommand(path.split('/').slice(0, 1 + random(3)).join('/'));
        return storeCommand(path, { bytes: String(random(2)), study: { PatientID: `P${random(3)}`, ...(at % 4 === 0 && { PatientName: `Name${random(4)}` }) }, series: { Modality: ['CT', 'MR'][random(2)]! } }, { mode: random(4) === 0 ? 'replace' : 'create' });
      });
      const together = await index.together(...commands);
      expect(together).toEqual(await other.oneByOne(...commands));
      const rows = async (one: IndexUnderTest): Promise<unknown> => {
        const { studies, series, instances, nameWords, changes } = await one.everything();
        return JSON.parse(JSON.stringify({ studies, series, instances, nameWords, changes }, (key, value: unknown) => (key === 'ordinal' || key === 'decidedAt' ? undefined : key === 'detail' ? String(value).replace(/"ordinals":\[[\d,]+\]/, '') : value))) as unknown;
      };
      expect(await rows(index)).toEqual(await rows(other));
    } finally {
      await other.close();
    }
  });
});
