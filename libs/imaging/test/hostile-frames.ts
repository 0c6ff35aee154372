import { type FrameSource } from '../src/index.js';
import { cutCodestream } from './cut-codestream.js';
import { fixtureFrame } from './fixture-frame.js';

/** One fixture for each codec, and for each kind of samples that it treats apart. */
export const seeds = [
  'jpeg-50/u8.dcm', 'jpeg-50/ybr-422.dcm', 'jpeg-51/u12.dcm', 'jpeg-57/u16.dcm', 'jpeg-70/rgb.dcm', 'jpeg-ls-80/u12.dcm', 'jpeg-ls-80/rgb-lines.dcm', 'jpeg-ls-81/u12.dcm',
  'j2k-90/s16.dcm', 'j2k-90/rgb.dcm', 'j2k-91/rgb.dcm', 'htj2k-201/u16.dcm', 'htj2k-203/u12.dcm', 'rle-5/u16.dcm', 'rle-5/rgb.dcm',
];

export interface HostileFrame {
  readonly name: string;
  readonly source: FrameSource;
}

/** Frames that are certainly wrong: each must end in an error. */
export async function hostileFrames(): Promise<HostileFrame[]> {
  const frames: HostileFrame[] = [];
  for (const seed of seeds) {
    const good = await fixtureFrame(seed);
    const broken = (name: string, frame: Buffer, image = good.image): void => void frames.push({ name: `${seed}: ${name}`, source: { ...good, frame, image } });
    const huge = { ...good.image, rows: 65535, columns: 65535 };
    broken('no bytes, as of a frame without fragments', Buffer.alloc(0));
    broken('65535 × 65535 in the data set', good.frame, huge);
    broken('another size in the data set', good.frame, { ...good.image, columns: good.image.columns + 1 });
    broken('junk', junk(2000));
    for (const part of [0.02, 0.3, 0.6, 0.9]) broken(`cut off after ${part} of it`, good.frame.subarray(0, Math.floor(part * good.frame.length)));
    for (const [name, frame] of lyingHeaders(good.frame)) {
      broken(name, frame);
      broken(`${name}, and in the data set`, frame, huge);
    }
  }
  for (const seed of ['jpeg-50/u8.dcm', 'jpeg-70/u16.dcm']) {
    const good = await fixtureFrame(seed);
    const frame = [...lyingHeaders(good.frame)].find(([name]) => name === 'SOF says 10000²')![1];
    frames.push({ name: `${seed}: a bomb, 10000² in stream and data set`, source: { ...good, frame, image: { ...good.image, rows: 10_000, columns: 10_000 } } });
  }
  return [...frames, ...oversized(), ...dust(), ...(await hostileRle())];
}

/** One pixel of very many bytes. */
function oversized(): HostileFrame[] {
  return ['1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.70'].map((transferSyntaxUid) => {
    const { image } = cutCodestream({ side: 1 });
    return { name: `${transferSyntaxUid}: 16 MB for one pixel`, source: { transferSyntaxUid, frame: Buffer.alloc(16_000_000), image } };
  });
}

/** Codestreams of some 150 bytes that are cut into very many parts, for each of which a decoder takes memory. */
function dust(): HostileFrame[] {
  const cuts: [string, Parameters<typeof cutCodestream>[0]][] = [
    ['tiles of one pixel', { side: 255, tile: 1 }],
    ['tiles without size', { side: 255, tile: 0 }],
    ['precincts of one pixel', { side: 900, precinct: 0 }],
    ['precincts of one pixel in a tile', { side: 900, precinct: 0, inTile: true }],
    ['precincts of four pixels, on six resolutions', { side: 900, precinct: 1, levels: 5 }],
    ['precincts in a marker of no known kind', { side: 900, precinct: 0, inUnknown: true }],
    ['code blocks of 4 × 4', { side: 4096, block: 0 }],
    ['65535 layers of small precincts', { side: 1024, precinct: 4, layers: 65535 }],
    ['33 levels', { side: 255, levels: 33 }],
  ];
  return ['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.203'].flatMap((transferSyntaxUid) =>
    cuts.map(([name, cut]) => ({ name: `${transferSyntaxUid}: ${name}`, source: { transferSyntaxUid, ...cutCodestream({ ...cut, isHighThroughput: !transferSyntaxUid.endsWith('90') }) } })),
  );
}

/** Codestreams that say they have 65535 × 65535 or 10000 × 10000 pixels, or a hundred components. */
function* lyingHeaders(frame: Buffer): Generator<[string, Buffer]> {
  const sof = findFrameHeader(frame);
  const siz = frame.indexOf(Buffer.of(0xff, 0x4f, 0xff, 0x51));
  for (const size of [65535, 10000]) {
    const lying = Buffer.from(frame);
    if (sof >= 0) {
      lying.writeUInt16BE(size, sof + 5);
      lying.writeUInt16BE(size, sof + 7);
      yield [`SOF says ${size}²`, lying];
    } else if (siz >= 0) {
      lying.writeUInt32BE(size, siz + 8);
      lying.writeUInt32BE(size, siz + 12);
      yield [`SIZ says ${size}²`, lying];
    }
  }
  if (siz < 0) return;
  const components = Buffer.from(frame);
  components.writeUInt16BE(16384, siz + 40);
  yield ['SIZ says 16384 components', components];
}

function findFrameHeader(frame: Buffer): number {
  for (const marker of [0xc0, 0xc1, 0xc3, 0xf7]) {
    const at = frame.indexOf(Buffer.of(0xff, marker));
    if (frame[0] === 0xff && frame[1] === 0xd8 && at >= 0) return at;
  }
  return -1;
}

async function hostileRle(): Promise<HostileFrame[]> {
  const good = await fixtureFrame('rle-5/u16.dcm');
  const withHeader = (edit: (header: Buffer) => void): Buffer => {
    const frame = Buffer.from(good.frame);
    edit(frame);
    return frame;
  };
  const bomb = Buffer.concat([Buffer.from(good.frame.subarray(0, 64)), Buffer.alloc(100_000, 0x81)]);
  const huge = { ...good.image, rows: 10_000, columns: 10_000 };
  const frames: [string, Buffer, FrameSource['image']][] = [
    ['15 segments', withHeader((frame) => frame.writeUInt32LE(15, 0)), good.image],
    ['4294967295 segments', withHeader((frame) => frame.writeUInt32LE(0xffffffff, 0)), good.image],
    ['a segment behind the end', withHeader((frame) => frame.writeUInt32LE(0xfffffff0, 8)), good.image],
    ['segments the wrong way round', withHeader((frame) => frame.writeUInt32LE(frame.readUInt32LE(8) + 2, 4)), good.image],
    ['a segment in the header', withHeader((frame) => frame.writeUInt32LE(0, 4)), good.image],
    ['a bomb: few bytes for many pixels', good.frame, huge],
    ['a bomb: runs without end', bomb, huge],
    ['only no-operations', Buffer.concat([good.frame.subarray(0, 64), Buffer.alloc(100_000, 0x80)]), good.image],
  ];
  return frames.map(([name, frame, image]) => ({ name: `RLE: ${name}`, source: { ...good, frame, image } }));
}

/** The same for the same length. */
export function junk(length: number): Buffer {
  const random = randomBytes(length);
  return Buffer.from(Array.from({ length }, () => random() & 0xff));
}

/** Numbers of 31 bits that depend on `seed` only. */
export function randomBytes(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}
