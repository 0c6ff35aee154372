import { type ImageDescription } from './image-description.js';
import { ImagingError } from './imaging-error.js';
import { type TransferSyntax } from './transfer-syntaxes.js';

const GREY = ['MONOCHROME1', 'MONOCHROME2'];
const PALETTE = 'PALETTE COLOR';
const COLOURS = ['RGB', 'YBR_FULL', 'YBR_FULL_422'];

/**
 * Whether frames of an image are encoded in a transfer syntax so that they come out as they were: told from their description alone,
 * before one is read. What was not seen to be exact is refused (`test/encoding`).
 *
 * @param image its Photometric Interpretation is that of the decoded frames, see `decodedColours`
 * @throws ImagingError `unsupported`
 */
export function checkEncodable({ name, encodes }: Pick<TransferSyntax, 'name' | 'encodes'>, image: ImageDescription): void {
  if (encodes === undefined) return;
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit, pixelRepresentation, photometricInterpretation, pixelDataVr } = image;
  const require = (held: boolean, what: string, found: string): void => {
    if (!held) throw new ImagingError('unsupported', `${name} is written of ${what}; the image has ${found}. Ask for another transfer syntax, or for transfer-syntax=*.`);
  };
  const { lossy = false, bits, bitsOfColours, leastSide = 1 } = encodes;
  require(pixelDataVr !== 'OF' && pixelDataVr !== 'OD', 'whole numbers', 'floating point samples');
  require(samplesPerPixel === 1 || samplesPerPixel === 3, 'one or three samples a pixel', String(samplesPerPixel));
  if (samplesPerPixel === 1) require(bits.includes(bitsAllocated), `samples of ${bits.join(', ')} bits`, `samples of ${bitsAllocated} bits`);
  else require(bitsOfColours.includes(bitsAllocated), `colours of ${bitsOfColours.join(', ')} bits a sample`, `colours of ${bitsAllocated}`);
  const names = samplesPerPixel === 3 ? COLOURS : lossy ? GREY : [...GREY, PALETTE];
  require(names.includes(photometricInterpretation), `${names.join(', ')} where there are ${samplesPerPixel} samples a pixel`, photometricInterpretation.slice(0, 16));
  if (lossy) require(pixelRepresentation === 0, 'samples without a sign', 'signed ones');
  if (lossy) require(highBit === bitsStored - 1 && (samplesPerPixel === 1 || bitsStored === bitsAllocated), 'samples in the low bits, and colours of all bits', `${bitsStored} bits stored with High Bit ${highBit}`);
  require(rows >= leastSide && columns >= leastSide, `images of at least ${leastSide} × ${leastSide} pixels`, `${columns} × ${rows}`);
}

/** Photometric Interpretation of frames when decoded, as far as the data set tells: chroma for each pixel, and nothing left of a transform. */
export function decodedColours({ encapsulated }: Pick<TransferSyntax, 'encapsulated'>, { photometricInterpretation }: ImageDescription): string {
  return encapsulated ? photometricInterpretation.replace(/^YBR_(?:RCT|ICT)$/, 'RGB').replace('_422', '').replace('PARTIAL', 'FULL') : photometricInterpretation;
}
