import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { storeCommand } from '../../test/make-commands.js';
import { OwnedRows } from './owned-rows.js';

describe('a store', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  describe('of an instance that is not there', () => {
    it('given the first of a study, then study, series, instance, metadata and change are there', async () => {
      const command = storeCommand('1/1/1', { study: { PatientID: 'P1', PatientName: 'Doe^Jané', StudyDate: '20240131' }, series: { Modality: 'CT', SeriesNumber: '4' }, instance: { InstanceNumber: '7' } });
      expect(await index.together(command)).toEqual([{ kind: 'created', version: command.version }]);
      expect(await index.study('1')).toMatchObject({ patientId: 'p1', patientName: 'doe^jane', studyDate: 20240131, modalities: '\\ct\\', seriesCount: 1, instanceCount: 1 });
      expect(await index.series('1', '1')).toMatchObject({ modality: 'ct', seriesNumber: 4, instanceCount: 1 });
      expect(await index.instances('1')).toMatchObject([{ sop: '1', version: command.version, objectKey: command.objectKey, instanceNumber: 7, sha256: command.sha256 }]);
      expect(await index.store.findInstanceMetadata(1, '1', '1', '1')).toMatchObject({ version: command.version, metadataKey: null });
      expect(await index.changes()).toMatchObject([{ action: 'create', study: '1', series: '1', sop: '1', version: command.version, logPartition: 0, logOffset: 0, place: 0, sequence: null }]);
      expect(await index.dueVersions()).toEqual([]);
    });

    it('given metadata and a frame table that are objects, then the row names them, and holds of the metadata the short form that came, if any', async () => {
      const [none, keys] = [Buffer.alloc(0), { metadataKey: 'a.metadata', frameTableKey: 'a.frames' }];
      await index.storeWith({ metadata: none, marks: none, frameTable: none }, storeCommand('1/1/1', {}, keys));
      await index.storeWith({ metadata: Buffer.from('{"a":{}}'), marks: none, frameTable: none }, storeCommand('1/1/2', {}, keys));
      expect(await index.store.findInstanceMetadata(1, '1', '1', '1')).toMatchObject({ metadata: null, metadataKey: 'a.metadata', frameTable: null, frameTableKey: 'a.frames' });
      expect(Buffer.from((await index.store.findInstanceMetadata(1, '1', '1', '2'))!.metadata!).toString()).toBe('{"a":{}}');
    });

    it.each(['together', 'oneByOne'] as const)('given several in series of a study, applied %s, then counts and modalities are right', async (way) => {
      await index[way](
        storeCommand('1/1/1', { series: { Modality: 'CT' } }), storeCommand('1/1/2', { series: { Modality: 'CT' } }), storeCommand('1/2/3', { series: { Modality: 'MR' } }),
        storeCommand('2/1/1', { series: { Modality: 'US' } }), storeCommand('1/3/4'),
      );
      expect(await index.study('1')).toMatchObject({ seriesCount: 3, instanceCount: 4, modalities: '\\ct\\mr\\' });
      expect(await index.study('2')).toMatchObject({ seriesCount: 1, instanceCount: 1, modalities: '\\us\\' });
      expect((await index.store.listSeries(1, '1')).map(({ series, instanceCount }) => [series, instanceCount])).toEqual([['1', 2], ['2', 1], ['3', 1]]);
      expect((await index.instances('1')).map(({ sop }) => sop)).toEqual(['1', '2', '3', '4']);
    });
  });

  describe('of an instance that is there', () => {
    it.each(['together', 'oneByOne'] as const)('given the same bytes, applied %s, then it is the same, nothing changes, and the new object is due', async (way) => {
      const [first, second] = [storeCommand('1/1/1'), storeCommand('1/1/1')];
      expect(await index[way](first, second)).toEqual([{ kind: 'created', version: first.version }, { kind: 'same', version: first.version }]);
      expect(await index.study('1')).toMatchObject({ instanceCount: 1 });
      expect(await index.changes()).toHaveLength(1);
      expect(await index.dueVersions()).toEqual([second.version]);
      expect((await index.removals())[0]!.notBefore).toBeLessThanOrEqual(Date.now());
    });

    it.each(['together', 'oneByOne'] as const)('given other bytes, applied %s, then exactly one of two simultaneous stores wins', async (way) => {
      const rivals = [storeCommand('1/1/1', { bytes: 'a', study: { PatientID: 'A' } }), storeCommand('1/1/1', { bytes: 'b', study: { PatientID: 'B' } })] as const;
      expect(await index[way](...rivals)).toEqual([{ kind: 'created', version: rivals[0].version }, { kind: 'conflict', version: rivals[0].version }]);
      expect(await index.instances('1')).toMatchObject([{ version: rivals[0].version }]);
      expect(await index.study('1')).toMatchObject({ patientId: 'a', instanceCount: 1 });
      expect(await index.dueVersions()).toEqual([rivals[1].version]);
    });
  });

  describe('that replaces', () => {
    const replace = (path: string, values: Parameters<typeof storeCommand>[1]): ReturnType<typeof storeCommand> => storeCommand(path, values, { mode: 'replace' });

    it('given no such instance, then it is created', async () => {
      const command = replace('1/1/1', {});
      expect(await index.together(command)).toEqual([{ kind: 'created', version: command.version }]);
      expect(await index.dueVersions()).toEqual([]);
    });

    it.each(['together', 'oneByOne'] as const)('given one, applied %s, then the new version stands in its place, counts stay, and the old object is due after the grace', async (way) => {
      const [first, other, second] = [storeCommand('1/1/1', { bytes: 'old' }), storeCommand('1/1/2'), replace('1/1/1', { bytes: 'new' })];
      expect((await index[way](first, other, second))[2]).toEqual({ kind: 'replaced', version: second.version });
      expect((await index.instances('1')).map(({ sop, version }) => [sop, version])).toEqual([['1', second.version], ['2', other.version]]);
      expect(await index.study('1')).toMatchObject({ seriesCount: 1, instanceCount: 2 });
      expect(await index.dueVersions()).toEqual([first.version]);
      expect((await index.removals())[0]!.notBefore).toBeGreaterThan(Date.now() + 900_000);
      expect((await index.changes()).map(({ action, version }) => [action, version])).toEqual([['create', first.version], ['create', other.version], ['create', second.version]]);
      expect(JSON.parse((await index.changes())[2]!.detail)).toMatchObject({ replaces: first.version, objectKey: second.objectKey });
    });

    it.each(['together', 'oneByOne'] as const)('given that the replaced version had brought attributes, applied %s, then those go with it', async (way) => {
      await index[way](
        storeCommand('1/1/1', { study: { PatientID: 'P1', AccessionNumber: 'A1', PatientName: 'Old^Name' }, series: { Modality: 'CT', SeriesDescription: 'old' } }),
        storeCommand('1/1/2', { study: { PatientID: 'P2' }, series: { Modality: 'CT' } }),
        replace('1/1/1', { bytes: 'new', study: { PatientID: 'P3', StudyDescription: 'new' }, series: { Modality: 'CT', SeriesNumber: '2' } }),
      );
      expect(await index.study('1')).toMatchObject({ patientId: 'p3', accessionNumber: null, patientName: null, description: 'new' });
      expect(await index.series('1', '1')).toMatchObject({ description: null, seriesNumber: 2, instanceCount: 2 });
      expect(await index.found('study', 'patientName', 'old')).toEqual([]);
    });

    it.each(['together', 'oneByOne'] as const)('given another modality, applied %s, then the study has that and no longer the old one', async (way) => {
      await index[way](storeCommand('1/1/1', { series: { Modality: 'CT' } }), storeCommand('1/2/2', { series: { Modality: 'PT' } }), replace('1/1/1', { bytes: 'new', series: { Modality: 'MR' }, study: { PatientID: 'P' } }));
      expect((await index.study('1'))!.modalities.split('\\').sort()).toEqual(['', '', 'mr', 'pt']);
    });

    it('given the same replacement twice in a batch, then the second replaces the first', async () => {
      const commands = [storeCommand('1/1/1'), replace('1/1/1', { bytes: 'b', study: { PatientID: 'B' } }), replace('1/1/1', { bytes: 'c', study: { PatientName: 'C' } })] as const;
      expect((await index.together(...commands)).map((decision) => decision?.kind)).toEqual(['created', 'replaced', 'replaced']);
      expect(await index.study('1')).toMatchObject({ patientId: null, patientName: 'c', instanceCount: 1 });
      expect((await index.dueVersions()).sort()).toEqual([commands[0].version, commands[1].version]);
    });
  });

  describe('attributes of study and series', () => {
    it.each(['together', 'oneByOne'] as const)('given other values, applied %s, then the latest wins, and only it is found', async (way) => {
      await index[way](storeCommand('1/1/1', { study: { PatientName: 'Doe^John', PatientID: 'P1' }, series: { Modality: 'CT' } }), storeCommand('1/1/2', { study: { PatientName: 'Roe^Jane', StudyDescription: 'd' }, series: { Modality: 'MR' } }));
      expect(await index.study('1')).toMatchObject({ patientName: 'roe^jane', patientId: 'p1', description: 'd', words: '[["roe","jane"],[]]' });
      expect(JSON.parse(`{${(await index.study('1'))!.attributes}}`)).toMatchObject({ '00100010': { Value: [{ Alphabetic: 'Roe^Jane' }] }, '00100020': { Value: ['P1'] } });
      expect(await index.found('study', 'patientName', 'doe')).toEqual([]);
      expect(await index.found('study', 'patientName', 'ja')).toHaveLength(1);
    });

    it.each(['together', 'oneByOne'] as const)('given that a series changes its modality, applied %s, then the study has the new one only', async (way) => {
      await index[way](storeCommand('1/1/1', { series: { Modality: 'CT' } }), storeCommand('1/2/2', { series: { Modality: 'PT' } }), storeCommand('1/1/3', { series: { Modality: 'MR' } }));
      expect((await index.study('1'))!.modalities.split('\\').sort()).toEqual(['', '', 'mr', 'pt']);
    });

    it('given an empty value, then it never overwrites, but is kept where there is none', async () => {
      await index.oneByOne(storeCommand('1/1/1', { study: { PatientID: 'P1' } }), storeCommand('1/1/2', { study: { PatientID: null, AccessionNumber: null } }));
      expect(await index.study('1')).toMatchObject({ patientId: 'p1', accessionNumber: null });
      expect(JSON.parse(`{${(await index.study('1'))!.attributes}}`)).toMatchObject({ '00100020': { vr: 'LO', Value: ['P1'] }, '00080050': { vr: 'SH' } });
    });

    it('given an attribute that is absent because it was invalid, then it does not overwrite, and a corrected one is found', async () => {
      await index.oneByOne(storeCommand('1/1/1', { study: { StudyDate: '20240101' } }), storeCommand('1/1/2', { study: { PatientID: 'P1' } }));
      expect(await index.study('1')).toMatchObject({ studyDate: 20240101 });
      await index.oneByOne(storeCommand('2/1/1', {}), storeCommand('2/1/2', { study: { StudyDate: '20240202' } }));
      expect(await index.study('2')).toMatchObject({ studyDate: 20240202 });
    });

    it('given a value that is shown but cannot be searched for, then the old one is not found either', async () => {
      await index.oneByOne(storeCommand('1/1/1', { study: { PatientName: 'Doe^John' }, series: { SeriesNumber: '4' } }), storeCommand('1/1/2', { study: { PatientName: '^' }, series: { SeriesNumber: '1.5' } }));
      expect(JSON.parse(`{${(await index.study('1'))!.attributes}}`)).toMatchObject({ '00100010': { Value: [{ Alphabetic: '^' }] } });
      expect(await index.study('1')).toMatchObject({ patientName: null, words: '[[],[]]' });
      expect(await index.found('study', 'patientName', 'doe')).toEqual([]);
      expect(await index.series('1', '1')).toMatchObject({ seriesNumber: null });
    });

    it.each(['together', 'oneByOne'] as const)('given values that change back, applied %s, then the last wins all the same', async (way) => {
      const values = ['A', 'B', 'A'];
      await index[way](...values.map((value, at) => storeCommand(`1/1/${at}`, { study: { PatientID: value } })));
      expect(await index.study('1')).toMatchObject({ patientId: 'a', instanceCount: 3 });
    });
  });

  it('given the order of studies, then it is that of their first stores, also when the clock of this machine is behind', async () => {
    await index.together(storeCommand('1/1/1'));
    const ahead = Date.now() * 1000 + 3_600_000_000;
    await index.ports.file.write({ statements: [{ sql: "UPDATE cursors SET detail = ?", params: [JSON.stringify({ ordinal: ahead })] }], durable: true });
    index.owned = new OwnedRows();
    await index.together(storeCommand('2/1/1'), storeCommand('2/1/2'));
    await index.together(storeCommand('1/1/3'));
    const ordinals = [...(await index.instances('2')), (await index.instances('1'))[1]!].map(({ ordinal }) => ordinal);
    expect(ordinals[0]).toBeGreaterThan(ahead);
    expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b));
    expect(new Set(ordinals).size).toBe(3);
  });
});
