import { describe, expect, it } from '@jest/globals';

import { cutCodestream } from '../../test/cut-codestream.js';
import { fixtureFrame } from '../../test/fixture-frame.js';
import { decodeFrame } from '../code-frame.js';
import { defaultFrameLimits } from '../image-description.js';
import { checkParts } from './check-parts.js';
import { readJ2kHeader } from './read-j2k-header.js';

const check = (cut: Parameters<typeof cutCodestream>[0]): void => checkParts(readJ2kHeader(cutCodestream(cut).frame));

describe('checkParts', () => {
  it.each([
    ['as one tile', { levels: 5 }],
    ['in tiles of 64 × 64', { tile: 64, levels: 5 }],
    ['in tiles of 64 × 64 with precincts of their own', { tile: 64, levels: 5, precinct: 5, inTile: true }],
    ['in code blocks of 16 × 16', { levels: 6, block: 2 }],
    ['in precincts of 64 × 64 and 20 layers', { levels: 5, precinct: 6, layers: 20 }],
    ['on 32 levels', { levels: 32 }],
  ])('given an image %s, then it is decoded, however large', (_, cut) => {
    for (const side of [1, 500, 11_585]) expect(() => check({ side, ...cut, tile: 'tile' in cut ? cut.tile : side })).not.toThrow();
  });

  it.each([
    ['tiles', 65025, { side: 255, tile: 1 }],
    ['code blocks', 810_000, { side: 900, precinct: 0 }],
    ['code blocks', 810_000, { side: 900, precinct: 0, inTile: true }],
    ['code blocks', 1_048_576, { side: 4096, block: 0 }],
    ['packets', 268_431_360, { side: 1024, precinct: 4, layers: 65535 }],
  ])('given an image in more %s than encoders make, then it is refused before memory is taken for them', (name, number, cut) => {
    expect(() => check(cut)).toThrow(`is cut into ${number} ${name};`);
  });

  it('given more than 32 levels, a tile without size, or precincts in a marker of no known kind, then the codestream is malformed', () => {
    for (const cut of [{ levels: 33 }, { tile: 0 }, { precinct: 0, inUnknown: true }]) expect(() => check({ side: 100, ...cut })).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});

describe('a JP2 file as a frame', () => {
  it.each(['j2k-90/s16.dcm', 'htj2k-201/u16.dcm'])('given %s in one, then it is decoded as its codestream is', async (path) => {
    const { transferSyntaxUid, frame, image } = await fixtureFrame(path);
    const file = Buffer.concat([Buffer.from('0000000c6a5020200d0a870a', 'hex'), Buffer.from('00000014667479706a703220000000006a703220', 'hex'), Buffer.from('000000006a703263', 'hex'), frame]);
    const [bare, boxed] = await Promise.all([frame, file].map((bytes) => decodeFrame(transferSyntaxUid, bytes, image, defaultFrameLimits)));
    expect(boxed!.pixels.equals(bare!.pixels)).toBe(true);
  });
});
