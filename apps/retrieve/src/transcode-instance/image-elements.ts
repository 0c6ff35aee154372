import type { EncodedFrame, ImageDescription } from '@isocenter/imaging';

type Element = { readonly vr: string; readonly value: Buffer };

const NUMBERS = [
  [0x00280002, 'samplesPerPixel'], [0x00280006, 'planarConfiguration'], [0x00280100, 'bitsAllocated'], [0x00280101, 'bitsStored'], [0x00280102, 'highBit'], [0x00280103, 'pixelRepresentation'],
] as const;
const PHOTOMETRIC_INTERPRETATION = 0x00280004;
const LOSSY = 0x00282110;
const LOSSY_RATIO = 0x00282112;
const LOSSY_METHOD = 0x00282114;

/** Elements of the data set that are no longer right for frames that were transcoded (PS3.3 §C.7.6.3, §C.7.6.1.1.5). */
export function imageElements(stored: ImageDescription, { image, lossy }: EncodedFrame): Map<number, Element> {
  const elements = new Map<number, Element>();
  for (const [tag, name] of NUMBERS) {
    if (image[name] === stored[name]) continue;
    const value = Buffer.alloc(2);
    value.writeUInt16LE(image[name]);
    elements.set(tag, { vr: 'US', value });
  }
  const text = (tag: number, vr: string, value: string): unknown => elements.set(tag, { vr, value: Buffer.from(value, 'latin1') });
  if (image.photometricInterpretation !== stored.photometricInterpretation) text(PHOTOMETRIC_INTERPRETATION, 'CS', image.photometricInterpretation);
  if (lossy !== undefined) {
    text(LOSSY, 'CS', '01');
    text(LOSSY_RATIO, 'DS', lossy.ratio.toFixed(2));
    text(LOSSY_METHOD, 'CS', lossy.method);
  }
  return elements;
}
