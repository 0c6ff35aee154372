import { describe, expect, it } from '@jest/globals';

import { CharacterSet } from './character-set.js';

const decode = (label: string, hex: string, vr = 'PN') => CharacterSet.of(label).decode(Buffer.from(hex.replace(/ /g, ''), 'hex'), vr);

describe('CharacterSet', () => {
  it.each([
    ['ISO_IR 100', '42 75 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    ['ISO_IR 144', 'bb ee da 63 65', 'Люкce'],
    ['ISO_IR 192', '57 61 6e 67 5e e5 b0 8f e6 9d b1', 'Wang^小東'],
    ['ISO_IR192', 'e5 b0 8f', '小'],
    ['utf-8', 'e5 b0 8f', '小'],
    ['latin1', 'e9', 'é'],
    ['ISO_IR 203', 'a4', '€'],
    ['GB18030', 'cd f5', '王'],
    ['', 'c3 a9', 'é'],
    ['', 'e9 61', 'éa'],
    ['ISO_IR 192', 'e9 61', '\ufffda'],
    // PS3.5 H.3, example 1
    ['\\ISO 2022 IR 87', '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42', 'Yamada^Tarou=山田^太郎'],
    // PS3.5 I.2
    ['\\ISO 2022 IR 149', '48 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce', 'Hong=洪^吉'],
    // An escape that is not declared.
    ['ISO 2022 IR 100', '1b 24 42 3b 33 1b 28 42', '山'],
    ['no such set', 'e9', 'é'],
  ])('decodes %s %s', (label, hex, text) => {
    expect(decode(label, hex)).toBe(text);
  });

  it('says when it had to guess', () => {
    const set = CharacterSet.of('no such set');
    set.decode(Buffer.from([0xe9]), 'LO');
    expect(set.guessed).toBe(true);
  });
});
