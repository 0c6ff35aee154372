import { type EncodedFrame, frameBytes, type ImageDescription, type Metadata, transferSyntaxOf } from '@isocenter/imaging';

type Element = { readonly vr: string; readonly value: Buffer };

const NUMBERS = [
  [0x00280002, 'samplesPerPixel'], [0x00280006, 'planarConfiguration'], [0x00280100, 'bitsAllocated'], [0x00280101, 'bitsStored'], [0x00280102, 'highBit'], [0x00280103, 'pixelRepresentation'],
] as const;
const PHOTOMETRIC_INTERPRETATION = 0x00280004;
const LOSSY = 0x00282110;
const LOSSY_RATIO = 0x00282112;
const LOSSY_METHOD = 0x00282114;

/** Lossy Image Compression Method of JPEG (PS3.3 §C.7.6.1.1.5.1), the one whose transfer syntaxes are lossy for certain. */
const JPEG_LOSSY = 'ISO_10918_1';

export interface SourceImage {
  readonly image: ImageDescription;
  readonly metadata: Metadata;
  readonly transferSyntax: string;
  /** Bytes of the first frame as stored. */
  readonly firstLength: number;
}

/** Elements of the data set that are no longer right for frames that were transcoded (PS3.3 §C.7.6.3, §C.7.6.1.1.5). */
export function imageElements(source: SourceImage, { image, lossy }: Omit<EncodedFrame, 'bytes'>): Map<number, Element> {
  const { image: stored } = source;
  const elements = new Map<number, Element>();
  for (const [tag, name] of NUMBERS) {
    if (image[name] === stored[name]) continue;
    const value = Buffer.alloc(2);
    value.writeUInt16LE(image[name]);
    elements.set(tag, { vr: 'US', value });
  }
  const text = (tag: number, vr: string, value: string): unknown => elements.set(tag, { vr, value: Buffer.from(value, 'latin1') });
  if (image.photometricInterpretation !== stored.photometricInterpretation) text(PHOTOMETRIC_INTERPRETATION, 'CS', image.photometricInterpretation);
  const before = lossesOf(source);
  if (lossy !== undefined || before.unsaid) {
    text(LOSSY, 'CS', '01');
    text(LOSSY_RATIO, 'DS', [...before.ratios, ...(lossy ? [lossy.ratio.toFixed(2)] : [])].join('\\'));
    text(LOSSY_METHOD, 'CS', [...before.methods, ...(lossy ? [lossy.method] : [])].join('\\'));
  }
  return elements;
}

/** What was lost before, a ratio and a method for each time (PS3.3 §C.7.6.1.1.5): as the data set says, or as JPEG of which it says nothing. */
function lossesOf({ image, metadata, transferSyntax, firstLength }: SourceImage): { readonly ratios: readonly string[]; readonly methods: readonly string[]; readonly unsaid: boolean } {
  const valuesOf = (tag: number): string[] => (metadata[tag.toString(16).padStart(8, '0')]?.Value ?? []).map(String);
  const unsaid = transferSyntaxOf(transferSyntax)?.lossy === true && valuesOf(LOSSY)[0] !== '01';
  if (unsaid) return { ratios: [(frameBytes(image) / firstLength).toFixed(2)], methods: [JPEG_LOSSY], unsaid };
  return { ratios: valuesOf(LOSSY_RATIO), methods: valuesOf(LOSSY_METHOD), unsaid };
}
