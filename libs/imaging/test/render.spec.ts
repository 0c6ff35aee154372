import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { decodeFrame } from '../src/code-frame.js';
import { defaultFrameLimits, readPresentation } from '../src/index.js';
import { renderFrame } from '../src/render/render-frame.js';
import { readInstance } from './corpus/stored-instance.js';

const folder = join(import.meta.dirname, 'render');
const references = JSON.parse(readFileSync(join(folder, 'REFERENCE.json'), 'utf8')) as Record<string, { by: string; channels: number; pixels: string }>;
/** Mean absolute difference of levels. */
const BOUND = 0.7;

describe('rendered images made by tools/fixtures/make_render_fixtures.py', () => {
  it.each(Object.entries(references))('%s is as its reference', async (name, { channels, pixels }) => {
    const instance = await readInstance(readFileSync(join(folder, `${name}.dcm`)));
    const frame = await decodeFrame(instance.file.transferSyntaxUid, instance.frame(1), instance.image(), defaultFrameLimits);
    const presentation = await readPresentation(instance.metadata, 1, async (uri) => instance.bulk(uri.replace('/bulkdata/', '')));
    const raster = renderFrame(frame, presentation);
    const wanted = Buffer.from(pixels, 'base64');
    expect([raster.channels, raster.pixels.length]).toEqual([channels, wanted.length]);
    const difference = raster.pixels.reduce((sum, level, at) => sum + Math.abs(level - wanted[at]!), 0) / wanted.length;
    expect(difference).toBeLessThanOrEqual(BOUND);
  });
});
