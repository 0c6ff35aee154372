import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import dcmjsImaging from 'dcmjs-imaging';

import { decodeFrame } from '../src/code-frame.js';
import { defaultFrameLimits, readPresentation, type Window } from '../src/index.js';
import { renderFrame } from '../src/render/render-frame.js';
import { readInstance } from './corpus/stored-instance.js';

const { DicomImage, log, NativePixelDecoder, WindowLevel } = dcmjsImaging;
const folder = join(import.meta.dirname, 'render');
/** Mean absolute difference of levels. */
const BOUND = 0.7;

/** Levels of the picture, three a pixel where it has colours. */
async function ours(file: Buffer, window?: Window): Promise<{ channels: 1 | 3; pixels: Buffer }> {
  const instance = await readInstance(file);
  const frame = await decodeFrame(instance.file.transferSyntaxUid, instance.frame(1), instance.image(), defaultFrameLimits);
  return renderFrame(frame, await readPresentation(instance.metadata, 1, async (uri) => instance.bulk(uri.replace('/bulkdata/', ''))), window);
}

/** The same by dcmjs-imaging, which gives RGBA. */
function theirs(file: Buffer, channels: 1 | 3, window?: Window): Buffer {
  const image = new DicomImage(new Uint8Array(file).buffer);
  const { pixels } = image.render(window === undefined ? {} : { windowLevel: new WindowLevel(window.width, window.center) });
  return Buffer.from(new Uint8Array(pixels).filter((_level, at) => at % 4 < channels));
}

async function differenceOf(name: string, window?: Window): Promise<number> {
  const file = readFileSync(join(folder, `${name}.dcm`));
  const { channels, pixels } = await ours(file, window);
  const other = theirs(file, channels, window);
  expect(other).toHaveLength(pixels.length);
  return pixels.reduce((sum, level, at) => sum + Math.abs(level - other[at]!), 0) / pixels.length;
}

/** Of what dcmjs-imaging gets right: LUTs, LINEAR_EXACT, high bits, negative slopes, overlays, floats and colours by RLE are not among it. */
describe('pictures of dcmjs-imaging', () => {
  beforeAll(async () => {
    log.setLevel('silent');
    await NativePixelDecoder.initializeAsync();
  });

  it.each(['window', 'first-of-windows', 'window-of-width-1', 'no-window', 'monochrome1', 'signed-12', 'rescaled', 'padded', 'sigmoid', 'bits-1', 'bits-8', 'bits-32', 'palette-8', 'palette-16',
    'rgb', 'rgb-planes', 'ybr-full', 'ybr-full-planes', 'ybr-full-422', 'rgb-jpeg', 'rgb-jpeg-lossless'])('given %s, then ours is the same', async (name) => {
    expect(await differenceOf(name)).toBeLessThanOrEqual(BOUND);
  });

  it.each([['window', 2048, 4096], ['window', 100, 7], ['window', 3000, 1.5], ['signed-12', -300, 801], ['rescaled', -1000, 350], ['rescaled', 5000.5, 12_345], ['padded', 60_000, 200], ['bits-8', 128, 256]])(
    'given %s and a window of center %d and width %d, then ours is the same', async (name, center, width) => {
      expect(await differenceOf(name, { center, width, function: 'LINEAR' })).toBeLessThanOrEqual(BOUND);
    });
});
