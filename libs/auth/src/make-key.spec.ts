import { describe, expect, it } from '@jest/globals';
import { digestKey } from './key-digest.js';
import { main, makeKey } from './make-key.js';

describe('makeKey', () => {
  it('given a name and permissions, then the entry has the digest of the key and all partitions', () => {
    const { key, entry } = makeKey(['--name', 'engine', '--permissions', 'read, write']);
    expect(key).toMatch(/^iso_[A-Za-z0-9_-]{43}$/);
    expect(entry).toEqual({ name: 'engine', sha256: digestKey(key), permissions: ['read', 'write'], partitions: ['*'] });
  });

  it('given partitions, then the entry has those', () => {
    expect(makeKey(['--name', 'a', '--permissions', 'read', '--partitions', 'x,y']).entry.partitions).toEqual(['x', 'y']);
  });
});

describe('main', () => {
  const run = (...words: string[]) => {
    let printed = '';
    return { code: main(words, (text) => (printed += text)), printed };
  };

  it('given good words, then it prints the key and the entry', () => {
    const { code, printed } = run('--name', 'engine', '--permissions', 'read');
    expect(code).toBe(0);
    expect(printed).toMatch(/iso_[^]*"sha256"/);
  });

  it.each([[[]], [['--name', 'a']], [['--name', 'a', '--permissions', 'all']], [['--other']]])('given %j, then it says what is allowed and how to call it', (words) => {
    const { code, printed } = run(...words);
    expect(code).toBe(1);
    expect(printed).toContain('Usage: npm run key');
  });
});
