import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../usage-error.js';
import { describeFinding } from './describe-finding.js';
import { readOptions } from './read-options.js';

describe('the options of check', () => {
  it('given none, then this machine, nothing is mended, and bytes are not read', () => {
    expect(readOptions([], {})).toEqual({ url: new URL('http://127.0.0.1:8080/v2'), key: undefined, repair: false, digest: false });
  });

  it('given all, then each; the key of the environment where none is given', () => {
    expect(readOptions(['--url', 'https://archive.example.org/v2/', '--repair', '--digest'], { ISOCENTER_KEY: 'k' })).toEqual({ url: new URL('https://archive.example.org/v2'), key: 'k', repair: true, digest: true });
    expect(readOptions(['--key', 'own'], { ISOCENTER_KEY: 'k' })).toMatchObject({ key: 'own' });
  });

  it.each([[['--url', 'archive'], /--url is "archive"/], [['--repair', 'all'], /all/], [['--mend'], /--mend/]])('given %j, then it says what is wrong', (words, text) => {
    expect(() => readOptions(words, {})).toThrow(UsageError);
    expect(() => readOptions(words, {})).toThrow(text);
  });
});

describe('a line of the report', () => {
  it.each([
    [{ kind: 'object-missing', partition: 'ward', studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: '3', version: 'v', what: 'It is gone.', mended: false, advice: 'Look for it.' }, 'object-missing  ward 1/2/3 version v: It is gone. Look for it.'],
    [{ kind: 'journal-missing', sequence: 7, what: 'There is none.', mended: true, advice: 'never said' }, 'journal-missing  sequence 7: There is none. Mended.'],
    [{ kind: 'of-a-later-release', what: 'Something.', mended: false }, 'of-a-later-release  Something.'],
  ])('given %j, then what, where, and what to do', (finding, line) => {
    expect(describeFinding(finding)).toBe(line);
  });
});
