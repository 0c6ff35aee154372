import { uuidv7, type CheckStudy } from '@isocenter/commands';
import type { Write } from '@isocenter/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { storeCommand, updateCommand } from '../../test/make-commands.js';

describe('the check of a study', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
    await index.together(
      storeCommand('1/1/1', { study: { PatientName: 'Doe^Jane', StudyDate: '20260101' }, series: { Modality: 'CT' } }),
      storeCommand('1/1/2', { study: { PatientName: 'Doe^Jane', StudyDate: '20260101' }, series: { Modality: 'CT' } }),
      storeCommand('1/2/1', { study: { PatientName: 'Roe^Richard', StudyDate: null }, series: { Modality: 'MR' } }),
    );
  });
  afterEach(() => index.close());

  const check = (over: Partial<CheckStudy> = {}): CheckStudy => ({ type: 'check-study', id: uuidv7(), partition: 'Microsoft.Default', study: '1', mend: false, ...over });
  const tamper = async (...writes: Write[]): Promise<void> => expect(await index.store.commit({ writes })).toEqual({ committed: true });
  const study = { partition: 1, study: '1' };
  /** All but what mending may write in another order, and what every command leaves. */
  const rows = async (): Promise<unknown> => {
    const { studies, series, instances, nameWords, attributeSets } = await index.everything();
    return { studies, series, instances, nameWords, attributeSets };
  };

  it('given what stores and deletes left, then no difference, and nothing is written', async () => {
    const before = await rows();
    expect(await index.oneByOne(check(), check({ mend: true }))).toEqual(Array(2).fill(expect.objectContaining({ kind: 'study-checked', differences: [] })));
    expect(await rows()).toEqual(before);
    expect(await index.oneByOne(check({ study: '9' }))).toEqual([{ kind: 'not-found' }]);
  });

  it('given versions that arrive in another order than they were sent in, then no difference', async () => {
    const older = storeCommand('3/1/1', { study: { PatientName: 'First^Sent' } });
    const newer = storeCommand('3/1/2', { study: { PatientName: 'Second^Sent' } });
    await index.oneByOne(newer, older);
    expect(await index.oneByOne(check({ study: '3' }))).toEqual([{ kind: 'study-checked', differences: [], mended: false }]);
  });

  it.each<[string, Write[], RegExp]>([
    ['a count', [{ op: 'update', table: 'studies', key: study, set: { instanceCount: 5 } }], /^It counts 5 instances; there are 3\.$/],
    ['a count of series', [{ op: 'update', table: 'studies', key: study, set: { seriesCount: 1 } }], /^It counts 1 series; there are 2\.$/],
    ['modalities', [{ op: 'update', table: 'studies', key: study, set: { modalities: '\\ct\\' } }], /modalities/],
    ['a value that no instance has', [{ op: 'update', table: 'studies', key: study, set: { attributes: '"0020000D":{"vr":"UI","Value":["1"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Nobody"}]}' } }], /attribute 00100010/],
    ['a column that another value stands in', [{ op: 'update', table: 'studies', key: study, set: { patientName: 'nobody' } }], /found by its attribute 00100010/],
    ['a count of a series', [{ op: 'update', table: 'series', key: { ...study, series: '1' }, set: { instanceCount: 0 } }], /^It counts 0 instances; there are 2\.$/],
    ['a modality', [{ op: 'update', table: 'series', key: { ...study, series: '2' }, set: { modality: null } }], /found by its attribute 00080060/],
    ['a series without a row', [{ op: 'remove', table: 'series', key: { ...study, series: '2' } }], /^The series has instances and no row\.$/],
    ['a study without a row', [{ op: 'remove', table: 'studies', key: study }], /^The study has instances and no row\.$/],
  ])('given %s changed behind the back of the owner, who remembers it, then it is told, and mended it is as before', async (_what, writes, text) => {
    const before = await rows();
    await tamper(...writes);
    const [found] = await index.oneByOne(check());
    expect(found).toMatchObject({ kind: 'study-checked', mended: false, differences: expect.arrayContaining([expect.objectContaining({ what: expect.stringMatching(text) })]) });
    const [mended, after] = await index.oneByOne(check({ mend: true }), check());
    expect(mended).toMatchObject({ mended: true });
    expect(after).toEqual({ kind: 'study-checked', differences: [], mended: false });
    // A row that was lost has the place of its first instance: the one that it had is not known.
    if (writes[0]!.op === 'update') expect(await rows()).toEqual(before);
    await index.together(storeCommand('1/1/3', { series: { Modality: 'CT' } }));
    expect(await index.study('1')).toMatchObject({ instanceCount: 4, seriesCount: 2 });
  });

  it('given a series that has a row and no instances, then the row goes', async () => {
    const row = (await index.series('1', '1'))!;
    await tamper({ op: 'put', table: 'series', row: { ...row, series: 'empty' } });
    expect(await index.oneByOne(check({ mend: true }), check())).toEqual([
      { kind: 'study-checked', differences: [{ series: 'empty', what: 'The series has a row and no instances.' }], mended: true }, { kind: 'study-checked', differences: [], mended: false },
    ]);
    expect(await index.series('1', 'empty')).toBeUndefined();
  });

  it('given a set of attributes that is lost, then nothing is mended, as the rows would have less than was stored', async () => {
    const [instance] = await index.instances('1');
    await tamper({ op: 'remove', table: 'attributeSets', key: { ...study, digest: instance!.studySet } }, { op: 'update', table: 'studies', key: study, set: { instanceCount: 7 } });
    const before = await rows();
    expect(await index.oneByOne(check({ mend: true }))).toEqual([expect.objectContaining({ mended: false, differences: expect.arrayContaining([{ series: '', what: '1 sets of attributes that its instances brought are lost, of which its rows are made.' }]) })]);
    expect(await rows()).toEqual(before);
  });

  it('given an instance without a change, then one is announced; given one with a change, or of another version, then none', async () => {
    const [lost] = await index.changes();
    await tamper({ op: 'remove', table: 'changes', key: { logPartition: lost!.logPartition, logOffset: lost!.logOffset, place: lost!.place } });
    const withoutChange = (await index.instances('1')).map(({ series, sop, version }) => ({ series, sop, version }));
    await index.oneByOne(check({ mend: true, withoutChange: [...withoutChange, { ...withoutChange[0]!, version: uuidv7() }] }));
    const changes = await index.changes();
    expect(changes).toHaveLength(3);
    const made = changes.find(({ version }) => version === lost!.version)!;
    expect({ ...made, ...JSON.parse(made.detail) as object }).toMatchObject({ ...lost, detail: made.detail, logOffset: made.logOffset, place: made.place, decidedAt: made.decidedAt, ...JSON.parse(lost!.detail) as object });
  });

  it('given an instance that was updated, without its change, then the one that is announced says what was sent first', async () => {
    const stored = storeCommand('4/1/1');
    const [first, second] = [updateCommand(stored, '4/1/1', { bytes: 'first' }), updateCommand(stored, '4/1/1', { bytes: 'second' })];
    await index.oneByOne(stored, first, { ...second, baseVersion: first.version });
    for (const { version, logPartition, logOffset, place } of await index.changes()) if ([first.version, second.version].includes(version)) await tamper({ op: 'remove', table: 'changes', key: { logPartition, logOffset, place } });
    await index.oneByOne(check({ study: '4', mend: true, withoutChange: [{ series: '1', sop: '1', version: second.version }] }));
    const [made] = (await index.changes()).filter(({ version }) => version === second.version);
    expect(made).toMatchObject({ action: 'update' });
    const { version, objectKey, size, sha256 } = stored;
    expect(JSON.parse(made!.detail)).toMatchObject({ objectKey: second.objectKey, updateId: second.updateId, original: { version, objectKey, size, sha256 } });
  });
});
