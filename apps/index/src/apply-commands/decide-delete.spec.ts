import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';
import { DELETE_CHUNK } from './decide-delete.js';
import { OwnedRows } from './owned-rows.js';

describe('a delete', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  const fill = async (count: number, path = '1/1'): Promise<void> => {
    for (let from = 0; from < count; from += 250) {
      await index.together(...Array.from({ length: Math.min(250, count - from) }, (_, at) => storeCommand(`${path}/${from + at}`, { study: { PatientName: 'Doe^John' } })));
    }
  };

  it('given nothing of that name, then it is not found, and nothing changes', async () => {
    await fill(1);
    const before = await index.changes();
    expect(await index.oneByOne(deleteCommand('2'), deleteCommand('1/2'), deleteCommand('1/1/9'), deleteCommand('1', { partition: 'unknown' }))).toEqual(Array.from({ length: 4 }, () => ({ kind: 'not-found' })));
    expect(await index.changes()).toEqual(before);
    expect(await index.store.findPartition('unknown')).toBeUndefined();
  });

  it('given a study, then all its rows are gone, each instance is announced, and its object is due after the grace', async () => {
    const stored = [storeCommand('1/1/1', { study: { PatientName: 'Doe^John', ReferringPhysicianName: 'Ref^Rita' } }), storeCommand('1/2/2'), storeCommand('2/1/1', { study: { PatientName: 'Doe^John' } })];
    await index.oneByOne(...stored);
    expect(await index.oneByOne(deleteCommand('1'))).toEqual([{ kind: 'deleted', count: 2 }]);
    const { studies, series, instances, instanceMetadata, attributeSets, nameWords } = await index.everything();
    for (const rows of [studies, series, instances, instanceMetadata]) expect(rows).toMatchObject([{ study: '2' }]);
    expect(new Set((attributeSets as { study: string }[]).map(({ study }) => study))).toEqual(new Set(['2']));
    expect(nameWords).toMatchObject([{ study: '2', word: 'doe' }, { study: '2', word: 'john' }]);
    expect((await index.changes()).slice(3)).toMatchObject([{ action: 'delete', sop: '1', place: 0, version: stored[0]!.version }, { action: 'delete', sop: '2', place: 1 }]);
    expect((await index.dueVersions()).sort()).toEqual([stored[0]!.version, stored[1]!.version]);
    expect((await index.removals()).every(({ notBefore }) => notBefore > Date.now() + 900_000)).toBe(true);
  });

  it('given instances of several kinds, then each change says what was stored and what is gone: SOP class, and the modality that its series has', async () => {
    const mr = { series: { Modality: 'MR' } };
    await index.oneByOne(storeCommand('1/1/1', mr), storeCommand('1/1/2'), storeCommand('1/2/3', {}, { sopClass: '1.2.3' }), deleteCommand('1'));
    const kinds = [{ sopClass: '1.2.840.10008.5.1.4.1.1.2', modality: 'MR' }, { sopClass: '1.2.840.10008.5.1.4.1.1.2', modality: 'MR' }, { sopClass: '1.2.3' }];
    const told = (await index.changes()).map(({ detail }) => JSON.parse(detail) as { sopClass: string; modality?: string });
    expect(told.map(({ sopClass, modality }) => ({ sopClass, ...(modality !== undefined && { modality }) }))).toEqual([...kinds, ...kinds]);
  });

  describe('of a part of a study', () => {
    beforeEach(() => index.oneByOne(
      storeCommand('1/1/1', { study: { PatientID: 'P1', PatientName: 'First^Name', AccessionNumber: 'A1' }, series: { Modality: 'CT', SeriesDescription: 'one' } }),
      storeCommand('1/1/2', { study: { PatientID: 'P2', StudyDescription: 'two' }, series: { Modality: 'CT', SeriesNumber: '2' } }),
      storeCommand('1/2/3', { study: { PatientID: 'P3', PatientName: 'Third^Name' }, series: { Modality: 'MR' } }),
    ));

    it('given a series, then study, counts, modalities and words are made from what remains', async () => {
      expect(await index.oneByOne(deleteCommand('1/2'))).toEqual([{ kind: 'deleted', count: 1 }]);
      expect(await index.study('1')).toMatchObject({ patientId: 'p2', patientName: 'first^name', accessionNumber: 'a1', description: 'two', seriesCount: 1, instanceCount: 2, modalities: '\\ct\\' });
      expect(await index.series('1', '2')).toBeUndefined();
      expect(await index.found('study', 'patientName', 'third')).toEqual([]);
      expect(await index.found('study', 'patientName', 'first')).toHaveLength(1);
    });

    it('given an instance, then its series too is made from what remains', async () => {
      expect(await index.oneByOne(deleteCommand('1/1/1'))).toEqual([{ kind: 'deleted', count: 1 }]);
      expect(await index.study('1')).toMatchObject({ patientId: 'p3', patientName: 'third^name', accessionNumber: null, description: 'two', seriesCount: 2, instanceCount: 2 });
      expect(await index.series('1', '1')).toMatchObject({ modality: 'ct', description: null, seriesNumber: 2, instanceCount: 1 });
    });

    it('given all instances one after the other, then nothing of the study is left', async () => {
      await index.oneByOne(deleteCommand('1/1/1'), deleteCommand('1/2/3'), deleteCommand('1/1/2'));
      const { studies, series, instances, attributeSets, nameWords } = await index.everything();
      expect([studies, series, instances, attributeSets, nameWords]).toEqual([[], [], [], [], []]);
    });

    it('given that the study is searched for what only the deleted instance had, then it is not found', async () => {
      await index.oneByOne(deleteCommand('1/1/1'), deleteCommand('1/2/3'));
      expect(await index.study('1')).toMatchObject({ patientId: 'p2', patientName: null, words: '[[],[]]', modalities: '\\ct\\' });
    });

    it('given stores after it, then they count on', async () => {
      await index.oneByOne(deleteCommand('1/2'), storeCommand('1/2/3', { study: { PatientID: 'P4' }, series: { Modality: 'PT' } }));
      expect(await index.study('1')).toMatchObject({ patientId: 'p4', patientName: 'first^name', seriesCount: 2, instanceCount: 3, modalities: '\\ct\\pt\\' });
    });
  });

  describe('in one batch with stores of the same study', () => {
    it('given store, delete, store again, then the last one is there', async () => {
      const [first, gone, again] = [storeCommand('1/1/1', { study: { PatientName: 'Old^Name', PatientID: 'P' } }), deleteCommand('1'), storeCommand('1/1/1', { study: { PatientName: 'New^Name' } })] as const;
      expect(await index.together(first, gone, again)).toEqual([{ kind: 'created', version: first.version }, { kind: 'deleted', count: 1 }, { kind: 'created', version: again.version }]);
      expect(await index.instances('1')).toMatchObject([{ version: again.version }]);
      expect(await index.study('1')).toMatchObject({ patientName: 'new^name', patientId: null, instanceCount: 1, seriesCount: 1 });
      expect(await index.series('1', '1')).toMatchObject({ instanceCount: 1 });
      expect(await index.dueVersions()).toEqual([first.version]);
      expect((await index.changes()).map(({ action, version }) => [action, version])).toEqual([['create', first.version], ['delete', first.version], ['create', again.version]]);
    });

    it('given that the delete is the first of the batch, then a store after it is not taken for the same', async () => {
      await index.together(storeCommand('1/1/1'), storeCommand('1/1/2'));
      const again = storeCommand('1/1/1');
      const other = storeCommand('1/1/3');
      expect(await index.together(deleteCommand('1'), again, other, deleteCommand('1/1/3'))).toEqual([{ kind: 'deleted', count: 2 }, { kind: 'created', version: again.version }, { kind: 'created', version: other.version }, { kind: 'deleted', count: 1 }]);
      expect(await index.study('1')).toMatchObject({ instanceCount: 1, seriesCount: 1 });
      expect((await index.instances('1')).map(({ version }) => version)).toEqual([again.version]);
    });

    it('given deletes of parts and stores in turn, then counts are those of what is there', async () => {
      await index.together(
        storeCommand('1/1/1', { series: { Modality: 'CT' } }), storeCommand('1/2/2', { series: { Modality: 'MR' } }), deleteCommand('1/1'), storeCommand('1/1/3', { series: { Modality: 'PT' } }),
        deleteCommand('1/2/2'), storeCommand('2/1/1'), storeCommand('1/1/4'), deleteCommand('1/1/3'), deleteCommand('1/1/3'),
      );
      expect((await index.instances('1')).map(({ sop }) => sop)).toEqual(['4']);
      expect(await index.study('1')).toMatchObject({ seriesCount: 1, instanceCount: 1 });
      expect(await index.study('2')).toMatchObject({ instanceCount: 1 });
    });
  });

  describe('of more instances than one transaction takes', () => {
    const COUNT = 2 * DELETE_CHUNK + 100;

    it('given no rivals, then it goes chunk by chunk and ends with one decision', async () => {
      await fill(COUNT);
      const command = deleteCommand('1');
      expect(await index.together(command)).toEqual([{ kind: 'deleting' }]);
      expect(await index.study('1')).toMatchObject({ instanceCount: COUNT - DELETE_CHUNK, patientName: 'doe^john' });
      expect(await index.decisionOf(`${command.id}/end`)).toBeUndefined();
      expect(await index.followUps()).toBe(2);
      expect(await index.decisionOf(`${command.id}/end`)).toEqual({ kind: 'deleted', count: COUNT });
      expect(await index.study('1')).toBeUndefined();
      expect((await index.changes()).filter(({ action }) => action === 'delete')).toHaveLength(COUNT);
      expect(await index.store.listDooms(1, '1')).toEqual([]);
      expect(await index.dueVersions()).toHaveLength(COUNT);
    });

    it('given exactly one transaction\'s worth, then it is done at once', async () => {
      await fill(DELETE_CHUNK);
      expect(await index.together(deleteCommand('1'))).toEqual([{ kind: 'deleted', count: DELETE_CHUNK }]);
      expect(await index.followUps()).toBe(0);
    });

    it('given stores between the chunks, then the doomed are refused and the new survive', async () => {
      await fill(COUNT);
      await index.together(deleteCommand('1'));
      const [gone, doomed, fresh, put] = [storeCommand('1/1/0', { bytes: 'again' }), storeCommand(`1/1/${COUNT - 1}`), storeCommand('1/2/new', { series: { Modality: 'MR' } }), storeCommand(`1/1/${COUNT - 2}`, { bytes: 'new' }, { mode: 'replace' })] as const;
      expect(await index.together(gone, doomed, fresh, put)).toEqual([{ kind: 'created', version: gone.version }, { kind: 'doomed' }, { kind: 'created', version: fresh.version }, { kind: 'doomed' }]);
      expect(await index.together(storeCommand('1/1/0', { bytes: 'again' }))).toEqual([{ kind: 'same', version: gone.version }]);
      await index.followUps();
      expect((await index.instances('1')).map(({ version }) => version)).toEqual([gone.version, fresh.version]);
      expect(await index.study('1')).toMatchObject({ seriesCount: 2, instanceCount: 2, modalities: '\\mr\\' });
      expect(await index.dueVersions()).toEqual(expect.arrayContaining([doomed.version, put.version]));
      const later = storeCommand(`1/1/${COUNT - 1}`);
      expect(await index.together(later)).toEqual([{ kind: 'created', version: later.version }]);
    });

    it('given a delete in the same batch as a store of a doomed instance, then that is refused', async () => {
      await fill(COUNT);
      expect((await index.together(deleteCommand('1'), storeCommand(`1/1/${COUNT - 1}`)))[1]).toEqual({ kind: 'doomed' });
    });

    it('given another series, then a delete of a series dooms only its own', async () => {
      await fill(COUNT);
      await index.together(storeCommand('1/2/x'));
      expect(await index.together(deleteCommand('1/1'))).toEqual([{ kind: 'deleting' }]);
      expect(await index.together(storeCommand('1/2/x'))).toMatchObject([{ kind: 'same' }]);
      await index.followUps();
      expect(await index.study('1')).toMatchObject({ seriesCount: 1, instanceCount: 1 });
    });

    it('given two deletes of the study at once, then both end, and each instance is announced once', async () => {
      await fill(COUNT);
      const commands = [deleteCommand('1'), deleteCommand('1')];
      expect(await index.together(...commands)).toEqual([{ kind: 'deleting' }, { kind: 'deleting' }]);
      await index.followUps();
      const ends = await Promise.all(commands.map(({ id }) => index.decisionOf(`${id}/end`)));
      expect(ends.every((decision) => decision?.kind === 'deleted')).toBe(true);
      expect((await index.changes()).filter(({ action }) => action === 'delete')).toHaveLength(COUNT);
      expect(await index.study('1')).toBeUndefined();
      expect(await index.store.listDooms(1, '1')).toEqual([]);
    });

    it('given a chunk that is sent twice, then it happens once', async () => {
      await fill(COUNT);
      const command = deleteCommand('1');
      await index.together(command);
      const [due] = await index.store.listDue('send-command', Date.now(), 1);
      const chunk = JSON.parse(due!.payload) as typeof command;
      await index.together(chunk, chunk);
      await index.together(chunk);
      expect(await index.instances('1')).toHaveLength(100);
      await index.followUps();
      expect(await index.decisionOf(`${command.id}/end`)).toEqual({ kind: 'deleted', count: COUNT });
    });
  });

  it('given a clock that is behind the one that stored, then all that was stored before is deleted', async () => {
    await fill(1);
    const ahead = Date.now() * 1000 + 3_600_000_000;
    await index.ports.file.write({ statements: [{ sql: 'UPDATE instances SET ordinal = ?', params: [ahead] }, { sql: 'UPDATE cursors SET detail = ?', params: [JSON.stringify({ ordinal: ahead })] }], durable: true });
    index.owned = new OwnedRows();
    expect(await index.together(deleteCommand('1'))).toEqual([{ kind: 'deleted', count: 1 }]);
  });
});
