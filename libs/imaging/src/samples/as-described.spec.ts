import { describe, expect, it } from '@jest/globals';

import { decodeFrame, encodeFrame, transcodeFrame } from '../code-frame.js';
import { defaultFrameLimits, type ImageDescription } from '../image-description.js';
import { toRgb } from './to-rgb.js';

const ROOT = '1.2.840.10008.1.2';
const quality = { quality: 90 };
const image: ImageDescription = { rows: 2, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'RGB' };
const pixels = Buffer.of(1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33);
const planes = Buffer.of(1, 11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33);

describe('native frames of compressed ones', () => {
  it('given Planar Configuration 1 in the data set, then they lie plane after plane, samples of 16 bits too', async () => {
    const planar = { ...image, planarConfiguration: 1 } as const;
    const { bytes } = await encodeFrame(`${ROOT}.5`, { pixels: planes, image: planar }, quality);
    expect(await transcodeFrame({ transferSyntaxUid: `${ROOT}.5`, frame: bytes, image: planar }, `${ROOT}.1`, quality, defaultFrameLimits)).toEqual({ bytes: planes, image: planar });
    expect(await transcodeFrame({ transferSyntaxUid: `${ROOT}.5`, frame: bytes, image }, `${ROOT}.1`, quality, defaultFrameLimits)).toEqual({ bytes: pixels, image });
    const wide = { ...planar, columns: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15 };
    const encoded = await encodeFrame(`${ROOT}.4.80`, { pixels: planes, image: wide }, quality);
    expect(await transcodeFrame({ transferSyntaxUid: `${ROOT}.4.80`, frame: encoded.bytes, image: wide }, `${ROOT}.1`, quality, defaultFrameLimits)).toEqual({ bytes: planes, image: wide });
  });

  it('given lossy colours that are not named YBR_FULL, then they are RGB; else they stay what is coded', async () => {
    const transferSyntaxUid = `${ROOT}.4.50`;
    const { bytes: frame } = await encodeFrame(transferSyntaxUid, { pixels, image }, quality);
    const as = async (photometricInterpretation: string): Promise<[string, Buffer]> => {
      const source = { transferSyntaxUid, frame, image: { ...image, photometricInterpretation } };
      const native = await transcodeFrame(source, `${ROOT}.1`, quality, defaultFrameLimits);
      return [native.image.photometricInterpretation, native.bytes];
    };
    const decoded = await decodeFrame(transferSyntaxUid, frame, { ...image, photometricInterpretation: 'YBR_FULL' }, defaultFrameLimits);
    expect(await as('YBR_FULL')).toEqual(['YBR_FULL', decoded.pixels]);
    expect(await as('YBR_FULL_422')).toEqual(['RGB', toRgb(decoded).pixels]);
  });

  it('given lossless ones, then nothing is rounded', async () => {
    const named = { ...image, photometricInterpretation: 'YBR_FULL' };
    const { bytes: frame } = await encodeFrame(`${ROOT}.4.80`, { pixels, image: named }, quality);
    const source = { transferSyntaxUid: `${ROOT}.4.80`, frame, image: { ...named, photometricInterpretation: 'YBR_FULL_422' } };
    expect(await transcodeFrame(source, `${ROOT}.1`, quality, defaultFrameLimits)).toEqual({ bytes: pixels, image: named });
  });
});
