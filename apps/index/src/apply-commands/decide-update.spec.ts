import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, refreshCommand, storeCommand, updateCommand } from '../../test/make-commands.js';

describe('an update', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  const old = { study: { PatientName: 'Old^Name', PatientID: 'P', StudyDescription: 'text' } };
  const fresh = { study: { PatientName: 'New^Name', PatientID: 'P', StudyDescription: 'text' }, bytes: 'new' };
  const row = async (): Promise<unknown> => (await index.instances('1'))[0];
  const tables = async (): Promise<{ instanceMetadata: unknown[]; originalMetadata: unknown[] }> => (await index.everything()) as never;

  it('given the version of now, then the new one takes its place, what was sent first is kept, and the change is announced', async () => {
    const stored = storeCommand('1/1/1', old);
    const update = updateCommand(stored, '1/1/1', fresh);
    expect(await index.oneByOne(stored, update)).toEqual([{ kind: 'created', version: stored.version }, { kind: 'updated', version: update.version }]);
    expect(await row()).toMatchObject({
      version: update.version, objectKey: update.objectKey, sha256: update.sha256, updateId: 'o',
      originalVersion: stored.version, originalObjectKey: stored.objectKey, originalSize: stored.size, originalSha256: stored.sha256,
    });
    expect(await tables()).toMatchObject({ instanceMetadata: [{ version: update.version }], originalMetadata: [{ version: stored.version }] });
    expect(await index.dueVersions()).toEqual([]);
    expect(await index.changes()).toMatchObject([{ action: 'create', version: stored.version }, { action: 'update', version: update.version }]);
    expect(JSON.parse((await index.changes())[1]!.detail)).toMatchObject({ replaces: stored.version, objectKey: update.objectKey });
  });

  it('given a second one, then the original stays, and the version between the two goes', async () => {
    const stored = storeCommand('1/1/1', old);
    const first = updateCommand(stored, '1/1/1', fresh);
    const second = updateCommand(first, '1/1/1', { ...fresh, bytes: 'newer' }, { updateId: 'p' });
    await index.oneByOne(stored, first, second);
    expect(await row()).toMatchObject({ version: second.version, updateId: 'p', originalVersion: stored.version });
    expect(await tables()).toMatchObject({ originalMetadata: [{ version: stored.version }] });
    expect(await index.dueVersions()).toEqual([first.version]);
  });

  it('given another version, none, or one that is being deleted, then it is outdated, nothing changes, and its object goes', async () => {
    const stored = storeCommand('1/1/1', old);
    const replaced = storeCommand('1/1/1', { ...old, bytes: 'other' }, { mode: 'replace' });
    const late = updateCommand(stored, '1/1/1', fresh);
    const missing = updateCommand(stored, '1/1/2', fresh);
    await index.oneByOne(stored, replaced);
    const before = await index.changes();
    expect(await index.oneByOne(late, missing)).toEqual([{ kind: 'outdated' }, { kind: 'outdated' }]);
    await index.store.commit({ writes: [{ op: 'insert', table: 'dooms', row: { id: 'd', partition: 1, study: '1', series: '', sop: '', belowOrdinal: Number.MAX_SAFE_INTEGER } }] });
    const doomed = updateCommand(replaced, '1/1/1', fresh);
    expect(await index.oneByOne(doomed)).toEqual([{ kind: 'outdated' }]);
    expect(await index.changes()).toEqual(before);
    expect((await index.dueVersions()).sort()).toEqual([stored, late, missing, doomed].map(({ version }) => version).sort());
  });

  it('given the same command again, then it is decided once', async () => {
    const stored = storeCommand('1/1/1', old);
    const update = updateCommand(stored, '1/1/1', fresh);
    await index.oneByOne(stored, update, update);
    expect(await index.changes()).toHaveLength(2);
    expect(await index.dueVersions()).toEqual([]);
  });

  it('given a replacement or a delete of an updated instance, also in the same batch, then both versions go', async () => {
    const stored = ['1/1/1', '1/1/2'].map((path) => storeCommand(path, old));
    const updates = stored.map((of, at) => updateCommand(of, `1/1/${at + 1}`, fresh));
    const replaced = storeCommand('1/1/1', { ...old, bytes: 'other' }, { mode: 'replace' });
    await index.together(...stored);
    await index.together(...updates, replaced, deleteCommand('1/1/2'));
    expect(await index.instances('1')).toMatchObject([{ version: replaced.version, updateId: null, originalVersion: null, originalObjectKey: null }]);
    expect(await tables()).toMatchObject({ instanceMetadata: [{ version: replaced.version }], originalMetadata: [] });
    expect((await index.dueVersions()).sort()).toEqual([...stored, ...updates].map(({ version }) => version).sort());
  });

  it('given all instances of a study in one batch, then searches follow, and counts stay', async () => {
    const stored = ['1/1/1', '1/1/2', '1/2/3'].map((path) => storeCommand(path, { ...old, series: { Modality: 'CT' } }));
    await index.together(...stored);
    const before = await index.study('1');
    await index.together(...stored.map((of) => updateCommand(of, `1/${of.series}/${of.sop}`, { ...fresh, series: { Modality: 'CT' } })), refreshCommand('1'));
    expect(await index.study('1')).toMatchObject({ patientName: 'new^name', description: 'text', instanceCount: 3, seriesCount: 2, modalities: before!.modalities, ordinal: before!.ordinal });
    expect(await index.found('study', 'patientName', 'new')).toHaveLength(1);
    expect(await index.found('study', 'patientName', 'old')).toEqual([]);
  });

  it('given values made empty, when the levels are refreshed, then they are gone from the study, and not before all instances have lost them', async () => {
    const stored = ['1/1/1', '1/1/2'].map((path) => storeCommand(path, old));
    const emptied = { study: { PatientName: 'New^Name', PatientID: 'P', StudyDescription: null } };
    await index.together(...stored);
    await index.oneByOne(updateCommand(stored[0]!, '1/1/1', emptied), refreshCommand('1'));
    expect(await index.study('1')).toMatchObject({ description: 'text' });
    expect(await index.oneByOne(updateCommand(stored[1]!, '1/1/2', emptied), refreshCommand('1'), refreshCommand('unknown'))).toMatchObject([{ kind: 'updated' }, { kind: 'refreshed' }, { kind: 'not-found' }]);
    expect(await index.study('1')).toMatchObject({ description: null, patientName: 'new^name', instanceCount: 2 });
    expect((await index.study('1'))!.attributes).toContain('"00081030":{"vr":"LO"}');
  });
});
