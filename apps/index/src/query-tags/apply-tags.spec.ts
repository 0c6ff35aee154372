import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoreInstanceBody } from '@isocenter/commands';
import type { QueryTagRow } from '@isocenter/metadata-store';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand, updateCommand } from '../../test/make-commands.js';

const tag = (key: number, path: string, level: QueryTagRow['level'], over: Partial<QueryTagRow> = {}): QueryTagRow =>
  ({ path, key, vr: 'LO', privateCreator: null, level, status: 'ready', queryStatus: 'enabled', operation: null, createdBy: 'me', createdAt: 'now', ...over });
const [STUDY, SERIES, INSTANCE] = ['00321032', '00181030', '00204000'];
/** The metadata of an instance with these values. */
const body = (values: Readonly<Record<string, string>>): StoreInstanceBody =>
  ({ metadata: Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { vr: 'LO', Value: [value] }])))), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) });
const all = (value: string): StoreInstanceBody => body({ [STUDY!]: value, [SERIES!]: value, [INSTANCE!]: value });

describe('values of extended query tags, taken at the commit', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());
  const add = async (...rows: QueryTagRow[]): Promise<void> => {
    await index.store.commit({ writes: rows.map((row) => ({ op: 'insert', table: 'queryTags', row })) });
    await index.moveTagSet(rows.at(-1)!.key);
  };
  const addAll = (): Promise<void> => add(tag(1, STUDY!, 'study'), tag(2, SERIES!, 'series'), tag(3, INSTANCE!, 'instance'));
  /** `level/uid=value` of all that is stored. */
  const values = async (): Promise<string[]> =>
    (await Promise.all([1, 2, 3].map((key) => index.store.listTagValues(key, 1_000)))).flat().map(({ study, series, sop, tag: key, value }) => `${key < 0 ? 'word ' : ''}${[study, series, sop].filter((uid) => uid !== '').join('/')}=${value}`).sort();

  it('given no tag, then nothing is kept', async () => {
    await index.storeWith(all('red'), storeCommand('1/1/1'));
    expect(await values()).toEqual([]);
  });

  it('given a tag of each level, then a value of each, and of several instances the newest counts', async () => {
    await addAll();
    await index.storeWith(all('Red'), storeCommand('1/1/1'));
    expect(await values()).toEqual(['1/1/1=red', '1/1=red', '1=red']);
    await index.storeWith(all('Blue'), storeCommand('1/1/2'), storeCommand('1/2/3'));
    expect(await values()).toEqual(['1/1/1=red', '1/1/2=blue', '1/1=blue', '1/2/3=blue', '1/2=blue', '1=blue']);
    await index.storeWith(body({}), storeCommand('1/1/4'));
    expect(await values()).toEqual(['1/1/1=red', '1/1/2=blue', '1/1=blue', '1/2/3=blue', '1/2=blue', '1=blue']);
  });

  it('given a delete, then what remains counts, down to nothing', async () => {
    await addAll();
    await index.storeWith(all('red'), storeCommand('1/1/1'));
    await index.storeWith(all('blue'), storeCommand('1/1/2'), storeCommand('1/2/3'));
    await index.oneByOne(deleteCommand('1/2'));
    expect(await values()).toEqual(['1/1/1=red', '1/1/2=blue', '1/1=blue', '1=blue']);
    await index.oneByOne(deleteCommand('1/1/2'));
    expect(await values()).toEqual(['1/1/1=red', '1/1=red', '1=red']);
    await index.oneByOne(deleteCommand('1'));
    expect(await values()).toEqual([]);
  });

  it('given a replacement or an update, then its values take the place of the old ones', async () => {
    await addAll();
    const first = storeCommand('1/1/1');
    await index.storeWith(all('red'), first);
    const second = storeCommand('1/1/1', { bytes: 'other' }, { mode: 'replace' });
    await index.storeWith(body({ [STUDY!]: 'blue' }), second);
    expect(await values()).toEqual(['1=blue']);
    await index.storeWith(all('green'), updateCommand(second, '1/1/1', { bytes: 'third' }));
    expect(await values()).toEqual(['1/1/1=green', '1/1=green', '1=green']);
  });

  it('given names, then their words too, and they go with the name', async () => {
    await add(tag(1, STUDY!, 'study', { vr: 'PN' }));
    const named = (name: string): StoreInstanceBody => ({ ...all(''), metadata: Buffer.from(JSON.stringify({ [STUDY!]: { vr: 'PN', Value: [{ Alphabetic: name }] } })) });
    await index.storeWith(named('Doe^John'), storeCommand('1/1/1'));
    expect(await values()).toEqual(['1=doe^john', 'word 1=doe', 'word 1=john']);
    await index.storeWith(named('Roe^John'), storeCommand('1/1/2'));
    expect(await values()).toEqual(['1=roe^john', 'word 1=john', 'word 1=roe']);
  });

  it('given a tag that is added after the owner read them, then its next transaction has it already', async () => {
    await index.storeWith(all('red'), storeCommand('1/1/1'), storeCommand('1/1/2'));
    await addAll();
    await index.storeWith(all('red'), storeCommand('1/1/3'));
    expect(await values()).toEqual(['1/1/3=red', '1/1=red', '1=red']);
    expect(await index.study('1')).toMatchObject({ instanceCount: 3 });
  });

  it('given a tag that is being deleted, then nothing is taken for it any more', async () => {
    await addAll();
    await index.storeWith(all('red'), storeCommand('1/1/1'));
    await index.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path: INSTANCE! }, set: { status: 'deleting' } }] });
    await index.moveTagSet(4);
    await index.storeWith(all('red'), storeCommand('1/1/2'));
    expect(await values()).toEqual(['1/1/1=red', '1/1=red', '1=red']);
  });
});
