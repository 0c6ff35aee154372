import { encodeDecision } from '@isocenter/commands';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';
import { BatchElsewhereError } from './apply-batch.js';
import { OwnedRows } from './owned-rows.js';

describe('what the owner of a log partition remembers', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  it('I4: given another owner meanwhile, then the batch is dropped and what was remembered is read anew', async () => {
    const other = new OwnedRows();
    await index.run(index.batch(storeCommand('1/1/1')));
    const taken = index.batch(storeCommand('1/1/2'), storeCommand('1/2/1'));
    await index.run(taken, other);
    await expect(index.run(taken)).rejects.toThrow(BatchElsewhereError);
    await index.run(index.batch(storeCommand('1/1/3')));
    await expect(index.run(index.batch(storeCommand('1/1/4')), other)).rejects.toThrow(BatchElsewhereError);
    expect(await index.study('1')).toMatchObject({ instanceCount: 4, seriesCount: 2 });
    expect(await index.series('1', '1')).toMatchObject({ instanceCount: 3 });
  });

  it('given an instance that is there and a command that is decided, then they are found although they were taken for new', async () => {
    const first = storeCommand('1/1/1', { bytes: 'a' });
    await index.together(first);
    const other = storeCommand('1/1/1', { bytes: 'b' });
    expect(index.owned.assumeNew).toBe(true);
    expect(await index.together(storeCommand('1/1/2'), other)).toEqual([expect.objectContaining({ kind: 'created' }), { kind: 'conflict', version: first.version }]);
    expect(index.owned.assumeNew).toBe(false);
    index.owned = new OwnedRows();
    const voided = storeCommand('1/1/3');
    await index.store.commit({ writes: [{ op: 'insert', table: 'decisions', row: { commandId: voided.id, decision: encodeDecision({ kind: 'void' }), decidedAt: 1 } }] });
    expect(await index.together(storeCommand('1/1/4'), voided)).toEqual([expect.objectContaining({ kind: 'created' }), { kind: 'void' }]);
    expect(await index.study('1')).toMatchObject({ instanceCount: 3 });
    expect((await index.changes()).length).toBe(3);
  });

  it('given a delete between stores, then counts and attributes are those of what remains', async () => {
    await index.oneByOne(storeCommand('1/1/1', { study: { PatientID: 'A' } }), storeCommand('1/2/1', { study: { PatientID: 'B' } }));
    await index.together(deleteCommand('1/2'));
    expect(await index.study('1')).toMatchObject({ instanceCount: 1, seriesCount: 1, patientId: 'a' });
    await index.together(storeCommand('1/2/2', { study: { PatientID: 'C' } }));
    expect(await index.study('1')).toMatchObject({ instanceCount: 2, seriesCount: 2, patientId: 'c' });
    await index.together(deleteCommand('1'));
    await index.followUps();
    await index.together(storeCommand('1/1/1'));
    expect(await index.study('1')).toMatchObject({ instanceCount: 1, seriesCount: 1 });
  });

  it('given more studies than are remembered, then the oldest are read again', async () => {
    const studies = Array.from({ length: 80 }, (_, at) => String(at + 1));
    await index.together(...studies.map((study) => storeCommand(`${study}/1/1`)));
    expect(index.owned.studies.size).toBe(64);
    await index.together(...studies.map((study) => storeCommand(`${study}/1/2`)));
    for (const study of studies) expect(await index.study(study)).toMatchObject({ instanceCount: 2, seriesCount: 1 });
  });
});
