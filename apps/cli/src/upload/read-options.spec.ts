import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../usage-error.js';
import { readOptions, standardUrl } from './read-options.js';

describe('readOptions', () => {
  it('given paths alone, then the rest is as help says', () => {
    const { url, ...rest } = readOptions(['a', 'b'], {});
    expect(url.href).toBe(standardUrl);
    expect(rest).toEqual({ paths: ['a', 'b'], key: undefined, parallel: 4, retries: 10, resume: undefined });
  });

  it('given all options, then they count, and the key of the command line before that of the environment', () => {
    const { url, ...rest } = readOptions(['--url', 'https://archive/v2/', '--key', 'k', '--parallel', '8', '--retries', '0', '--resume', 'j', 'a'], { ISOCENTER_KEY: 'other' });
    expect(url.href).toBe('https://archive/v2');
    expect(rest).toEqual({ paths: ['a'], key: 'k', parallel: 8, retries: 0, resume: 'j' });
    expect(readOptions(['a'], { ISOCENTER_KEY: 'other' }).key).toBe('other');
  });

  it.each<[string[], RegExp]>([
    [[], /No file or folder/],
    [['--parallel', '0', 'a'], /--parallel is "0".*1 to 64/],
    [['--parallel', '65', 'a'], /--parallel/],
    [['--parallel', '1.5', 'a'], /--parallel/],
    [['--retries', '-1', 'a'], /--retries/],
    [['--url', 'archive:8080', 'a'], /--url is "archive:8080"/],
    [['--url', 'ftp://archive/', 'a'], /--url/],
    [['--url', 'http://archive/v2?a=b', 'a'], /--url has a query/],
    [['--key', 'two words', 'a'], /The key has spaces/],
    [['--unknown', 'a'], /--unknown/],
  ])('given %j, then a sentence says what is wrong', (words, text) => {
    expect(() => readOptions(words, {})).toThrow(UsageError);
    expect(() => readOptions(words, {})).toThrow(text);
  });
});
