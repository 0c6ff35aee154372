import { transcodeFrame } from '../src/code-frame.js';
import { type EncodedFrame } from '../src/codecs/codec.js';
import { defaultFrameLimits, type FramePool, frameBytes, type FrameSource, ImagingError } from '../src/index.js';
import { fixtureFrame } from './fixture-frame.js';
import { type HostileFrame } from './hostile-frames.js';

const NATIVE = '1.2.840.10008.1.2.1';

/** How a request ended: `decoded`, or the code of its error. */
export type Outcome = 'decoded' | ImagingError['code'];

/** @throws Error when something else happens than a sentence that refuses the frame */
export async function attack(pool: FramePool, { name, source }: HostileFrame): Promise<Outcome> {
  const error = await pool.transcode(source, NATIVE).then(() => undefined, (reason: unknown) => reason);
  if (error instanceof ImagingError && ['malformed', 'too-large', 'unsupported'].includes(error.code) && error.message.endsWith('.')) return error.code;
  throw new Error(`${name}: ${error === undefined ? 'it was decoded' : String(error)}`);
}

/** Up to four bytes changed: what comes out has its size, or is refused. @throws Error otherwise */
export async function attackByChance(pool: FramePool, source: FrameSource, random: () => number): Promise<Outcome> {
  const frame = Buffer.from(source.frame);
  for (let change = 0; change <= random() % 4; change++) frame[random() % frame.length] = random();
  const outcome = await pool.transcode({ ...source, frame }, NATIVE).catch((error: unknown) => error);
  if (outcome instanceof ImagingError && /^(malformed|unsupported|time-limit)$/.test(outcome.code)) return outcome.code;
  if (!(outcome instanceof ImagingError) && (outcome as EncodedFrame).bytes?.length === frameBytes(source.image)) return 'decoded';
  throw new Error(`A frame changed by chance: ${String(outcome)}`);
}

const good = new Map<string, { readonly source: FrameSource; readonly bytes: Buffer }>();

/** @throws Error when the pool does not decode a fixture to what this thread decodes it to */
export async function requireGood(pool: FramePool, path: string): Promise<void> {
  let known = good.get(path);
  if (known === undefined) {
    const source = await fixtureFrame(path);
    known = { source, bytes: (await transcodeFrame(source, NATIVE, { quality: 90 }, defaultFrameLimits)).bytes };
    good.set(path, known);
  }
  const { bytes } = await pool.transcode(known.source, NATIVE);
  if (!bytes.equals(known.bytes)) throw new Error(`${path} was decoded to other values than before.`);
}
