import { createHash } from 'node:crypto';
import { instancePath } from '../support/dicomweb-client.js';
import { encapsulatedMultiframe, jpegLike, nativeMultiframe } from '../support/synthetic-instance.js';
import { driveLoad, getRequest, median } from './drive-load.js';
import { startIsocenter, type Peer } from './peer.js';
import { inMegabytes, peakMemory, resetPeak } from './process-memory.js';
import { interleave, shown, type BenchContext, type Measure, type Row } from './row.js';
import { asStoredFrames, instanceOf } from './sample-data.js';

const withIsocenter = async <T>(context: BenchContext, use: (peer: Peer) => Promise<T>): Promise<T> => {
  const peer = await startIsocenter(context.below);
  try {
    return await use(peer);
  } finally {
    await peer.end();
  }
};

const store = async (peer: Peer, instance: Iterable<Buffer>): Promise<void> => {
  const answer = await peer.client.storeStream(instance);
  if (answer.status !== 200) throw new Error(`The upload was answered ${answer.status}: ${answer.body.toString('utf8', 0, 1000)}`);
};

const frames = 10_000;
const frameSize = 16_384;

const measureLastFrame = (context: BenchContext): Promise<readonly Measure[]> => withIsocenter(context, async (peer) => {
  const instance = instanceOf('many-frames', 0);
  await store(peer, encapsulatedMultiframe(instance, frames, frameSize));
  for (const number of [1, frames]) {
    const [part] = await peer.client.frames(instancePath(instance), [number]);
    if (!part?.body.equals(jpegLike(number, frameSize))) throw new Error(`Frame ${number} is not what was stored.`);
  }
  const warmUp = 1;
  const outcomes = await interleave(context.rounds + warmUp, ['first', 'last'] as const, (name) => driveLoad({
    port: peer.port, connections: 1, requests: 1000, seconds: 5,
    requestOf: () => getRequest(`${peer.root}${instancePath(instance)}/frames/${name === 'first' ? 1 : frames}`, { Accept: asStoredFrames }),
  }));
  const time = (name: 'first' | 'last'): number => median(outcomes[name].slice(warmUp).map((outcome) => outcome.p50));
  const ratio = time('last') / time('first');
  context.say(`  frame 10,000: ${shown(time('last'), 'ms')}; frame 1: ${shown(time('first'), 'ms')}; ${ratio.toFixed(2)}×`);
  return [{
    work: 'frame 10,000 of 10,000 against frame 1', isocenter: `frame 10,000: ${shown(time('last'), 'ms')}`, other: `frame 1: ${shown(time('first'), 'ms')}`,
    ratio, target: '≤ 1.2×', met: ratio <= 1.2,
  }];
});

export const lastFrameRow: Row = { name: 'last-frame', about: 'frames of an encapsulated instance of 10,000 frames, one client, isocenter only', run: measureLastFrame };

/** 4,292,870,144 bytes of pixels: as much as a 32-bit length and the limit of a request leave room for. */
const hugeFrames = 2047;
const hugeSide = 1024;
const memoryLimit = 300 * 1024 * 1024;
const transcodeLimit = 400 * 1024 * 1024;

const measureHuge = (context: BenchContext): Promise<readonly Measure[]> => withIsocenter(context, async (peer) => {
  const instance = instanceOf('huge', 0);
  const sent = createHash('sha256');
  let size = 0;
  const counted = function* (): Generator<Buffer> {
    for (const chunk of nativeMultiframe(instance, hugeFrames, hugeSide, hugeSide)) {
      sent.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const memory = async (work: string, act: () => Promise<void>, limit = memoryLimit): Promise<Measure> => {
    await resetPeak(peer.pid);
    const started = performance.now();
    await act();
    const seconds = (performance.now() - started) / 1000;
    const peak = await peakMemory(peer.pid);
    const isocenter = `${inMegabytes(peak)} at most, ${shown(size / 1e6 / seconds, 'MB/s')}`;
    context.say(`  ${work}: ${isocenter}`);
    return { work, isocenter, target: `< ${inMegabytes(limit)}`, met: peak < limit };
  };
  const upload = await memory('resident memory while 4 GB are stored', () => store(peer, counted()));
  const digest = sent.digest('hex');
  const download = await memory('resident memory while 4 GB are retrieved', async () => {
    const response = await peer.client.open(instancePath(instance), { headers: { accept: 'application/dicom; transfer-syntax=*' } });
    if (response.statusCode !== 200) throw new Error(`The retrieve was answered ${response.statusCode}.`);
    const received = createHash('sha256');
    for await (const chunk of response) received.update(chunk as Buffer);
    if (received.digest('hex') !== digest) throw new Error('What came back is not what was stored.');
  });
  const transcoded = (transferSyntaxUid: string) => async (): Promise<void> => {
    const response = await peer.client.open(instancePath(instance), { headers: { accept: `application/dicom; transfer-syntax=${transferSyntaxUid}` } });
    if (response.statusCode !== 200) throw new Error(`The retrieve was answered ${response.statusCode}.`);
    for await (const chunk of response) void chunk;
    if (!response.complete) throw new Error('What came back is not whole.');
  };
  const headers = await memory('resident memory while 4 GB get other headers, Implicit VR', transcoded('1.2.840.10008.1.2'), transcodeLimit);
  const frames = await memory('resident memory while 4 GB are encoded as RLE Lossless', transcoded('1.2.840.10008.1.2.5'), transcodeLimit);
  return [upload, download, headers, frames];
});

export const hugeRow: Row = { name: 'huge', about: 'an instance of 4 GB up, down with digests compared, and down in other transfer syntaxes, isocenter only', run: measureHuge };
