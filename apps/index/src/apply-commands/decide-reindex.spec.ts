import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7, type ReindexInstances, type StoreInstanceBody } from '@isocenter/commands';
import type { QueryTagRow } from '@isocenter/metadata-store';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';
import { REINDEX_CHUNK } from './decide-reindex.js';

const LEVELS = ['study', 'series', 'instance'] as const;
const PATHS = ['00321032', '00181030', '00204000'];
const tags = LEVELS.map((level, at): QueryTagRow => ({ path: PATHS[at]!, key: at + 1, vr: 'LO', privateCreator: null, level, status: 'adding', queryStatus: 'enabled', operation: 'o', createdBy: 'me', createdAt: 'now' }));
const body = (value: string): StoreInstanceBody =>
  ({ metadata: Buffer.from(JSON.stringify(Object.fromEntries(PATHS.map((path) => [path, { vr: 'LO', Value: [value] }])))), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) });
const reindex = (study: string, over: Partial<ReindexInstances> = {}): ReindexInstances => ({ type: 'reindex-instances', id: uuidv7(), partition: 'Microsoft.Default', study, tags: [1, 2, 3], afterOrdinal: -1, ...over });

describe('a re-index of a study', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());
  const addTags = async (...rows: QueryTagRow[]): Promise<void> => {
    await index.store.commit({ writes: rows.map((row) => ({ op: 'insert', table: 'queryTags', row })) });
    await index.moveTagSet(rows.at(-1)!.key);
  };
  const values = async (): Promise<string[]> =>
    (await Promise.all([1, 2, 3].map((key) => index.store.listTagValues(key, 1_000)))).flat().map(({ study, series, sop, value }) => `${[study, series, sop].filter((uid) => uid !== '').join('/')}=${value}`).sort();
  /** Carries it out with all that follows. */
  const carryOut = async (command: ReindexInstances): Promise<unknown> => {
    const [first] = await index.together(command);
    await index.followUps();
    return first?.kind === 'reindexing' ? index.decisionOf(`${command.id}/end`) : first;
  };

  it('given instances that were stored before the tags, then their values are those of a store with the tags', async () => {
    const store = async (): Promise<void> => {
      await index.storeWith(body('red'), storeCommand('1/1/1'), storeCommand('1/2/3'));
      await index.storeWith(body('blue'), storeCommand('1/1/2'));
    };
    await store();
    await addTags(...tags);
    expect(await carryOut(reindex('1'))).toEqual({ kind: 'reindexed', count: 3, errors: 0 });
    const indexed = await values();
    expect(indexed).toEqual(['1/1/1=red', '1/1/2=blue', '1/1=blue', '1/2/3=red', '1/2=red', '1=blue']);
    const again = await index.everything();
    expect(await carryOut(reindex('1'))).toEqual({ kind: 'reindexed', count: 3, errors: 0 });
    expect((await index.everything())['tagValues']).toEqual(again['tagValues']);
    await index.oneByOne(deleteCommand('1'));
    expect(await values()).toEqual([]);
    await store();
    expect(await values()).toEqual(indexed);
  });

  it('given deletes and stores behind it, then what remains counts', async () => {
    await index.storeWith(body('red'), storeCommand('1/1/1'));
    await index.storeWith(body('blue'), storeCommand('1/1/2'));
    await addTags(...tags);
    await carryOut(reindex('1'));
    await index.oneByOne(deleteCommand('1/1/2'));
    expect(await values()).toEqual(['1/1/1=red', '1/1=red', '1=red']);
  });

  it('given more than a chunk, then chunk by chunk, with stores in between, and nothing is missing or double', async () => {
    const many = Array.from({ length: REINDEX_CHUNK + 20 }, (_, at) => storeCommand(`1/1/${at}`));
    await index.storeWith(body('red'), ...many);
    await addTags(...tags);
    const command = reindex('1');
    expect(await index.together(command)).toEqual([{ kind: 'reindexing' }]);
    await index.storeWith(body('blue'), storeCommand('1/1/new'));
    await index.followUps();
    expect(await index.decisionOf(`${command.id}/end`)).toMatchObject({ kind: 'reindexed', errors: 0 });
    const found = await values();
    expect(found.filter((value) => value.endsWith('=red'))).toHaveLength(REINDEX_CHUNK + 20);
    expect(found.filter((value) => value.endsWith('=blue'))).toEqual(['1/1/new=blue', '1/1=blue', '1=blue']);
  });

  it('given a store of the study in the same batch, then both are in', async () => {
    await index.storeWith(body('red'), storeCommand('1/1/1'));
    await addTags(tags[2]!);
    const [before, after] = [storeCommand('1/1/2'), storeCommand('1/1/3')];
    await index.together(before, reindex('1'), after);
    expect(await index.study('1')).toMatchObject({ instanceCount: 3 });
    expect((await values()).filter((value) => value.startsWith('1/1/1'))).toEqual(['1/1/1=red']);
  });

  it('given a value that its tag cannot take, or large metadata of which nothing was kept for the index, then an error for each, which goes with the instance', async () => {
    await index.storeWith(body('hunter2'), storeCommand('1/1/1'));
    await index.storeWith({ ...body(''), metadata: Buffer.alloc(0) }, storeCommand('1/1/2', {}, { metadataKey: 'k' }));
    await addTags({ ...tags[2]!, vr: 'DA' });
    expect(await carryOut(reindex('1'))).toEqual({ kind: 'reindexed', count: 2, errors: 2 });
    const errors = await index.store.listTagErrors(3, 0, 10);
    expect(errors.map(({ sop, message }) => [sop, message])).toEqual([['1', "The value of '00204000' is not valid for the value representation DA."], ['2', expect.stringMatching(/larger than 256 KiB.*PUT/)]]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    await index.oneByOne(deleteCommand('1/1/1'));
    expect(await index.store.listTagErrors(3, 0, 10)).toHaveLength(1);
  });

  it('given large metadata, then the values of their short form, to which the marks of the whole do not belong', async () => {
    const marks = Buffer.from(Uint32Array.of(1, 5, 20).buffer);
    await index.storeWith({ ...body('red'), marks }, storeCommand('1/1/1', {}, { metadataKey: 'k' }));
    await addTags(...tags);
    expect(await carryOut(reindex('1'))).toEqual({ kind: 'reindexed', count: 1, errors: 0 });
    expect(await values()).toEqual(['1/1/1=red', '1/1=red', '1=red']);
    await index.storeWith({ ...body('blue'), marks }, storeCommand('1/1/2', {}, { metadataKey: 'k' }));
    expect(await values()).toEqual(['1/1/1=red', '1/1/2=blue', '1/1=blue', '1=blue']);
  });

  it('given a tag that is gone, or a study that is, then nothing is done', async () => {
    await index.storeWith(body('red'), storeCommand('1/1/1'));
    expect(await carryOut(reindex('1'))).toEqual({ kind: 'reindexed', count: 0, errors: 0 });
    await addTags(...tags);
    expect(await carryOut(reindex('unknown'))).toEqual({ kind: 'reindexed', count: 0, errors: 0 });
    expect(await values()).toEqual([]);
  });
});
