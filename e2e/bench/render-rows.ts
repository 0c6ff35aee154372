import { readPng, readJpeg } from '../support/picture.js';
import { instancePath } from '../support/dicomweb-client.js';
import { parseMultipart } from '../support/multipart.js';
import { ctInstance, encapsulatedCt, encapsulatedMultiframe, jpegLike } from '../support/synthetic-instance.js';
import { comparePeers } from './compare-peers.js';
import { getRequest, type Load } from './drive-load.js';
import { startIsocenter, type Peer } from './peer.js';
import type { BenchContext, Row } from './row.js';
import { asStoredFrames, fill, instanceOf } from './sample-data.js';

const side = 512;
const clients = 8;
const instances = 100;
const pictureSeed = 'pictures';
const windowWidth = 2000;
const windowCenter = 1000;

const require = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

/** Noise as detectors have it, the same each time: without it everything compresses to nothing. Up to 62 of 2000 values. */
const noisy = (pixels: Buffer): Buffer => {
  const out = Buffer.from(pixels);
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0) >>> 27;
  for (let at = 0; at < out.length; at += 2) out.writeUInt16LE(out.readUInt16LE(at) + next() + next(), at);
  return out;
};
let noise: Buffer | undefined;
const picture = (number: number): Buffer[] => {
  const [head, pixels] = ctInstance(instanceOf(pictureSeed, number), side, side);
  return [head!, (noise ??= noisy(pixels!))];
};
const storedPixels = (): Buffer => picture(0)[1]!;

const renderedPath = (number: number, center: number): string =>
  `${instancePath(instanceOf(pictureSeed, number % instances))}/rendered?quality=90&window=${center},${windowWidth},linear`;

/** The PNG has the levels that the window says, to one on average; the JPEG is one of that size. */
const fillAndCheckPictures = async (peer: Peer): Promise<void> => {
  await fill(peer, instances, 10, picture);
  const path = renderedPath(0, windowCenter);
  const png = readPng((await peer.client.call(path, { headers: { accept: 'image/png' } })).body);
  const pixels = storedPixels();
  let difference = 0;
  for (let at = 0; at < side * side; at += 1) difference += Math.abs(png.pixels[at * png.channels]! - Math.min(255, (pixels.readUInt16LE(2 * at) / windowWidth) * 255));
  require(difference < side * side, `${peer.name} renders levels that are wrong by ${difference / side / side} on average.`);
  const { status, body } = await peer.client.call(path, { headers: { accept: 'image/jpeg' } });
  const { width, height } = readJpeg(body);
  require(status === 200 && width === side && height === side, `${peer.name} answers ${status} with a JPEG of ${width} × ${height}.`);
};

const jpegRequest = (peer: Peer, number: number, center: number): readonly Buffer[] => getRequest(`${peer.root}${renderedPath(number, center)}`, { Accept: 'image/jpeg' });

/** Each with a window that nobody has asked for: no cache has the picture. */
const renderedFirst = (peer: Peer, round: number): Omit<Load, 'port'> => ({
  connections: clients, requests: 1000, seconds: 5,
  requestOf: (number) => jpegRequest(peer, number, windowCenter + round + (1 + Math.floor(number / instances)) / 100),
});

/** As long as it takes until code that runs for the first time is a small part of it. */
const renderedAgain = (peer: Peer): Omit<Load, 'port'> => ({ connections: clients, requests: 15_000, seconds: 5, requestOf: (number) => jpegRequest(peer, number, windowCenter) });

export const renderedRow: Row = {
  name: 'rendered', about: 'JPEG of CT instances of 512 × 512 × 16 bits, quality 90, 8 clients',
  run: (context) => comparePeers(context, fillAndCheckPictures, [
    { work: 'rendered JPEG, asked for the first time', by: 'rate', target: 1.2, load: renderedFirst },
    { work: 'rendered JPEG, asked for before', by: 'rate', target: 5, load: renderedAgain },
  ]),
};

const jpeg2000 = '1.2.840.10008.1.2.4.90';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const compressedSeed = 'compressed';
const compressedPath = (number: number): string => instancePath(instanceOf(compressedSeed, number));
const asExplicit = `multipart/related; type="application/dicom"; transfer-syntax=${explicitLittleEndian}`;
/** More than a run asks for: each is transcoded once. */
const compressedInstances = 1300;

const compressOnce = async ({ below }: BenchContext): Promise<Buffer> => {
  const maker = await startIsocenter(below);
  try {
    await maker.client.store([picture(0)]);
    const { body, headers } = await maker.client.call(`${instancePath(instanceOf(pictureSeed, 0))}/frames/1`, { headers: { accept: `multipart/related; type="image/jp2"; transfer-syntax=${jpeg2000}` } });
    return parseMultipart(body, String(headers['content-type']))[0]!.body;
  } finally {
    await maker.end();
  }
};

export const transcodedRow: Row = {
  name: 'transcoded', about: 'retrieve of instances stored in JPEG 2000 Lossless, 512 × 512 × 16 bits, in Explicit VR Little Endian, one client, since Orthanc with GDCM 1.5 ends when two ask at once',
  run: async (context) => {
    const codestream = await compressOnce(context);
    const fillAndCheck = async (peer: Peer): Promise<void> => {
      await fill(peer, compressedInstances, 10, (number) => encapsulatedCt(instanceOf(compressedSeed, number), jpeg2000, codestream, side, side));
      const { body, headers, status } = await peer.client.call(compressedPath(compressedInstances - 1), { headers: { accept: asExplicit } });
      const file = status === 200 ? parseMultipart(body, String(headers['content-type']))[0]!.body : Buffer.alloc(0);
      require(file.includes(storedPixels()), `${peer.name} answers ${status} without the pixels that were compressed.`);
    };
    const perRound = Math.floor((compressedInstances - 1) / (context.rounds + 1));
    const load = (peer: Peer, round: number): Omit<Load, 'port'> => ({
      connections: 1, requests: Math.min(200, perRound), seconds: 8, requestOf: (number) => getRequest(`${peer.root}${compressedPath(round * perRound + number)}`, { Accept: asExplicit }),
    });
    return comparePeers(context, fillAndCheck, [{ work: 'JPEG 2000 to Explicit VR, each instance once', by: 'rate', target: 1, load }], { jpeg2000: true });
  },
};

const tiles = 1250;
const tileBytes = 20_000;
const batch = 10;
const tiled = instanceOf('tiled', 0);
const batchFrom = (first: number): number[] => Array.from({ length: batch }, (_none, at) => first + at);

const storeAndCheckTiles = async (peer: Peer): Promise<void> => {
  const { status } = await peer.client.storeStream(encapsulatedMultiframe(tiled, tiles, tileBytes));
  require(status === 200, `${peer.name} answers ${status} to the tiled image.`);
  for (const first of [1, tiles - batch + 1]) {
    const parts = await peer.client.frames(instancePath(tiled), batchFrom(first));
    require(parts.length === batch && parts.every(({ body }, at) => body.equals(jpegLike(first + at, tileBytes))), `${peer.name} gives other frames than ${first} to ${first + batch - 1}.`);
  }
};

export const tilesRow: Row = {
  name: 'tiles', about: `frames of a tiled image of ${tiles} frames of ${tileBytes / 1000} KB, ${batch} a request, as stored, 8 clients`,
  run: (context) => comparePeers(context, storeAndCheckTiles, [{
    work: `${batch} of ${tiles} frames`, by: 'rate', target: 3,
    load: (peer) => ({
      connections: clients, requests: 2000, seconds: 4,
      requestOf: (number) => getRequest(`${peer.root}${instancePath(tiled)}/frames/${batchFrom(1 + ((number * batch) % tiles)).join(',')}`, { Accept: asStoredFrames }),
    }),
  }]),
};
