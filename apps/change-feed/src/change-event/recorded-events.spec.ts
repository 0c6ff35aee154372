import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordChange, recordOthers, type RecordedChange } from '../../test/recorded-changes.js';

const recorded = join(import.meta.dirname, '../../test/recorded');
const read = <T>(release: string, name: string): T => JSON.parse(readFileSync(join(recorded, release, name), 'utf8')) as T;

/** Consumers and journals outlive releases: members may come, none may go or change. */
describe.each(readdirSync(recorded))('given changes as release %s stored them', (release) => {
  it.each(readdirSync(join(recorded, release)).filter((name) => name !== 'others.json'))('then the event and the journal line of %s hold all that they held then', (name) => {
    const { change, ...then } = read<RecordedChange>(release, name);
    expect(recordChange(change)).toMatchObject(then);
  });

  it('then so do watermarks and lines of partitions', () => {
    expect(recordOthers()).toMatchObject(read<object>(release, 'others.json'));
  });
});
