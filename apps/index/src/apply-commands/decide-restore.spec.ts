import type { RestoreInstance } from '@isocenter/commands';
import { REBUILD, type RestorationRow, type Write } from '@isocenter/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';

describe('decideRestore', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  const sent = storeCommand('1/1/1', { study: { PatientID: 'A' } });
  const { mode: _mode, deadline: _deadline, ...version } = sent;
  const restore = (more: Partial<RestoreInstance> = {}): RestoreInstance => ({ ...version, type: 'restore-instance', id: `op/${sent.version}`, part: 'latest', ordinals: [100, 50, 200], ...more });
  const restoration: RestorationRow = { partition: 1, study: sent.study, series: sent.series, sop: sent.sop, sequence: 1, version: sent.version, facts: '{}' };
  const commit = (...writes: Write[]): Promise<unknown> => index.store.commit({ writes });
  const awaited = (): Promise<unknown> => commit({ op: 'put', table: 'restorations', row: restoration });
  const state = (detail: string): Promise<unknown> => commit({ op: 'put', table: 'cursors', row: { name: REBUILD, position: 1, detail } });

  it('given an instance that is awaited, then it is there in its old order, no change is announced, and it is not awaited any more', async () => {
    await awaited();
    expect(await index.oneByOne(restore())).toEqual([{ kind: 'restored' }]);
    expect(await index.study('1')).toMatchObject({ ordinal: 100, instanceCount: 1, seriesCount: 1, patientId: 'a' });
    expect(await index.instances('1')).toMatchObject([{ ordinal: 200, version: sent.version }]);
    expect([await index.changes(), await index.store.listRestorations(undefined, 1), await index.dueVersions()]).toEqual([[], [], []]);
  });

  it('given one that was brought back and deleted since, when its command comes again under another id, then it stays deleted', async () => {
    await awaited();
    await index.oneByOne(restore(), deleteCommand('1'));
    expect(await index.oneByOne(restore({ id: 'again' }))).toEqual([{ kind: 'outdated' }]);
    expect(await index.instances('1')).toEqual([]);
  });

  it('given another version in its place, then that one stays', async () => {
    await index.oneByOne(storeCommand('1/1/1'));
    await awaited();
    expect(await index.oneByOne(restore())).toEqual([{ kind: 'outdated' }]);
    expect((await index.instances('1'))[0]?.version).not.toBe(sent.version);
    expect(await index.store.listRestorations(undefined, 1)).toEqual([]);
  });

  it('given a command of a rebuild before, of an older version than the one that is awaited, then that one is awaited still, and comes', async () => {
    await commit({ op: 'put', table: 'restorations', row: { ...restoration, version: 'newer' } });
    expect(await index.oneByOne(restore())).toEqual([{ kind: 'outdated' }]);
    expect([await index.instances('1'), (await index.store.listRestorations(undefined, 1)).map((row) => row.version)]).toEqual([[], ['newer']]);
    expect(await index.oneByOne(restore({ id: 'op/newer', version: 'newer' }))).toEqual([{ kind: 'restored' }]);
    expect(await index.instances('1')).toMatchObject([{ version: 'newer' }]);
  });

  it('given an instance that is there, then it is made anew in its row; what it brings to study and series is told when it is something else', async () => {
    await index.oneByOne(sent);
    const [before] = await index.instances('1');
    expect(await index.oneByOne(restore({ ordinals: undefined }))).toEqual([{ kind: 'restored' }]);
    expect(await index.instances('1')).toEqual([before]);
    const other = storeCommand('1/1/1', { study: { PatientID: 'B' } }).studyAttributes;
    expect(await index.oneByOne(restore({ ordinals: undefined, id: 'other', studyAttributes: other }))).toEqual([{ kind: 'restored', levelsChanged: true }]);
    await index.oneByOne({ type: 'refresh-levels', id: 'refresh', partition: 'Microsoft.Default', study: '1' });
    expect(await index.study('1')).toMatchObject({ instanceCount: 1, patientId: 'b' });
  });

  it('given a set of attributes that is lost, then it is there again', async () => {
    await index.oneByOne(sent);
    const { attributeSets } = await index.everything();
    const [{ studySet: digest } = { studySet: '' }] = await index.instances('1');
    await commit({ op: 'remove', table: 'attributeSets', key: { partition: 1, study: '1', digest } });
    await index.oneByOne(restore({ ordinals: undefined }));
    expect((await index.everything()).attributeSets).toEqual(attributeSets);
  });

  it('given an original, then its metadata are kept beside an instance that is awaited, and beside none else', async () => {
    const original = restore({ part: 'original', id: 'original' });
    expect(await index.oneByOne(original)).toEqual([{ kind: 'outdated' }]);
    await commit({ op: 'put', table: 'restorations', row: { ...restoration, facts: JSON.stringify({ original: { version: 'first' } }) } });
    expect(await index.oneByOne(restore({ part: 'original', id: 'older', version: 'older' }))).toEqual([{ kind: 'outdated' }]);
    const facts = { version: 'first', objectKey: 'k.dcm', size: 1, sha256: 'x' };
    expect(await index.oneByOne(restore({ part: 'original', id: 'first', version: 'first' }), restore({ updateId: 'u', original: facts }))).toEqual([{ kind: 'restored' }, { kind: 'restored' }]);
    expect(await index.instances('1')).toMatchObject([{ updateId: 'u', originalVersion: 'first', originalObjectKey: 'k.dcm', originalSize: 1, originalSha256: 'x' }]);
    expect((await index.store.listInstanceMetadata({ partition: 1, study: '1' }, -1, 5, { original: true })).map((row) => row.version)).toEqual(['first']);
  });

  it('given a study that is to be rebuilt, then commands of clients about it are refused until it is', async () => {
    await awaited();
    for (const detail of ['lost', 'replaying']) {
      await state(detail);
      index.owned.forget();
      expect(await index.oneByOne(storeCommand('2/1/1'))).toEqual([{ kind: 'rebuilding' }]);
    }
    await state('restoring');
    expect(await index.oneByOne(storeCommand('1/1/2'), storeCommand('2/1/1'))).toMatchObject([{ kind: 'rebuilding' }, { kind: 'created' }]);
    expect(await index.oneByOne(restore(), storeCommand('1/1/2'))).toMatchObject([{ kind: 'restored' }, { kind: 'created' }]);
  });
});
