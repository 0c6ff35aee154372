import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { decodeFrame } from '../src/code-frame.js';
import { defaultFrameLimits, readPresentation, RESULTS_REVISION } from '../src/index.js';
import { encodePicture } from '../src/render/encode-picture.js';
import { renderFrame } from '../src/render/render-frame.js';
import { readInstance } from './corpus/stored-instance.js';

/** Of what comes out in this revision. Raise RESULTS_REVISION whenever the digest is another one, and write down both. */
const known = { revision: 1, digest: 'c0e865acd1fffa82f1a3c186879a23f64ba2678bd94d9902dd1647f53b43672c' };

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');

/** Levels and JPEG of the pictures that have references, what frames are encoded to, and the packages that make both: PNGs and pictures of another size may differ from processor to processor. */
async function digestOfResults(): Promise<string> {
  const digest = createHash('sha256');
  for (const name of Object.keys(JSON.parse(textOf('render/REFERENCE.json')) as object).sort()) {
    const instance = await readInstance(readFileSync(join(import.meta.dirname, 'render', `${name}.dcm`)));
    const frame = await decodeFrame(instance.file.transferSyntaxUid, instance.frame(1), instance.image(), defaultFrameLimits);
    const raster = renderFrame(frame, await readPresentation(instance.metadata, 1, async (uri) => instance.bulk(uri.replace('/bulkdata/', ''))));
    digest.update(name).update(raster.pixels).update((await encodePicture(raster, { format: 'jpeg', quality: 90 })).bytes);
  }
  const { dependencies } = JSON.parse(textOf('../package.json')) as { dependencies: Record<string, string> };
  const packages = Object.entries(dependencies).filter(([name]) => !name.startsWith('@isocenter/'));
  return digest.update(JSON.stringify(packages.sort())).update(textOf('encoding/CHECKED.json')).digest('hex');
}

describe('RESULTS_REVISION', () => {
  it('given pictures or encoded frames that come out otherwise than before, then it is raised, since browsers keep the old ones', async () => {
    expect({ revision: RESULTS_REVISION, digest: await digestOfResults() }).toEqual(known);
  });
});
