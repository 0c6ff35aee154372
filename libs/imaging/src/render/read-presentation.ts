import { describeImage, type Metadata, numberOf, textOf } from '../describe-image.js';
import { ImagingError } from '../imaging-error.js';
import { entriesOf, lookupTable, type LookupTable, withBitsOfEntries, withBitsOfPalette } from './lookup-table.js';
import { type Presentation, type VoiFunction, type Window } from './presentation.js';
import { bytesOf, numbersOf, type ReadBulk } from './read-bytes.js';
import { readOverlayBits } from './read-overlay-bits.js';
import { overlayBytes, readOverlays } from './read-overlays.js';
import { expandSegments } from './segmented-palette.js';

const SAMPLES_PER_PIXEL = '00280002';
const MODALITY_LUT_SEQUENCE = '00283000';
const LUT_DESCRIPTOR = '00283002';
const LUT_DATA = '00283006';
const VOI_LUT_SEQUENCE = '00283010';
const WINDOW_CENTER = '00281050';
const WINDOW_WIDTH = '00281051';
const VOI_LUT_FUNCTION = '00281056';
const RESCALE_INTERCEPT = '00281052';
const RESCALE_SLOPE = '00281053';
const PRESENTATION_LUT_SHAPE = '20500020';
const SHARED_GROUPS = '52009229';
const PER_FRAME_GROUPS = '52009230';
const PIXEL_VALUE_TRANSFORMATION = '00289145';
const FRAME_VOI_LUT = '00289132';
/** Red, green, blue: descriptor, data, segmented data. */
const PALETTES = [['00281101', '00281201', '00281221'], ['00281102', '00281202', '00281222'], ['00281103', '00281203', '00281223']] as const;

/** Of the data of a LUT more is not read: 65536 entries, and as segments these with what stands before each. */
const MAX_LUT_BYTES = 256 * 1024;
const WHOLE_LUT = { first: 0, length: MAX_LUT_BYTES };
/** Two LUTs and three of a palette, of 65536 entries. */
const MAX_LUTS_BYTES = 5 * 128 * 1024;

/**
 * @param metadata DICOM JSON of the instance
 * @param frameNumber from 1
 * @throws ImagingError `malformed` when rescaling, a LUT, palette or overlay is named and cannot be had, `too-large` for overlays that are
 */
export async function readPresentation(metadata: Metadata, frameNumber: number, bulk: ReadBulk): Promise<Presentation> {
  const image = describeImage(metadata);
  const isSigned = image.pixelRepresentation === 1;
  const { transformation, voi } = groupsOf(metadata, frameNumber);
  const modality = (await readLut(itemOf(transformation, MODALITY_LUT_SEQUENCE, 0), 'modality LUT', isSigned, bulk)) ?? readRescale(transformation);
  // What a modality LUT gives has no sign; what rescaling gives may have one.
  const voiSigned = modality !== undefined && 'slope' in modality ? modality.intercept < 0 || isSigned : modality === undefined && isSigned;
  const isPalette = image.photometricInterpretation === 'PALETTE COLOR' && image.samplesPerPixel === 1;
  const voiLut = await readLut(itemOf(voi, VOI_LUT_SEQUENCE, 0), 'VOI LUT', voiSigned, bulk);
  return {
    modality,
    voiLut: voiLut && withBitsOfEntries(voiLut),
    window: readWindow(voi),
    palette: isPalette ? await readPalette(metadata, bulk) : undefined,
    isInverse: isInverse(image.photometricInterpretation, textOf(metadata, PRESENTATION_LUT_SHAPE)),
    overlays: image.samplesPerPixel === 1 ? await readOverlays(metadata, frameNumber, bulk) : [],
    overlayBits: image.samplesPerPixel === 1 ? readOverlayBits(metadata, image) : 0,
  };
}

/** Where the two contradict each other Presentation LUT Shape counts, as it does for DCMTK (PS3.3 §C.11.6). */
function isInverse(colours: string, shape: string | undefined): boolean {
  return shape === 'INVERSE' || (shape !== 'IDENTITY' && colours === 'MONOCHROME1');
}

/** Bytes that the presentation of a frame holds at most. Throws ImagingError `too-large`. */
export function presentationBytes(metadata: Metadata, frameNumber: number): number {
  const { transformation, voi } = groupsOf(metadata, frameNumber);
  const hasLuts = transformation[MODALITY_LUT_SEQUENCE] !== undefined || voi[VOI_LUT_SEQUENCE] !== undefined || PALETTES.flat().some((tag) => metadata[tag] !== undefined);
  return (hasLuts ? MAX_LUTS_BYTES : 0) + (numberOf(metadata, SAMPLES_PER_PIXEL) === 3 ? 0 : overlayBytes(metadata, frameNumber));
}

/** What is said of the frame counts, and not what is said of all beside it (PS3.3 §C.7.6.16). */
function groupsOf(metadata: Metadata, frameNumber: number): { readonly transformation: Metadata; readonly voi: Metadata } {
  const groups = [itemOf(metadata, PER_FRAME_GROUPS, frameNumber - 1), itemOf(metadata, SHARED_GROUPS, 0)];
  const found = (tag: string): Metadata => groups.map((group) => itemOf(group, tag, 0)).find(Boolean) ?? metadata;
  return { transformation: found(PIXEL_VALUE_TRANSFORMATION), voi: found(FRAME_VOI_LUT) };
}

function itemOf(metadata: Metadata | undefined, tag: string, index: number): Metadata | undefined {
  const item = metadata?.[tag]?.Value?.[index];
  return item !== null && typeof item === 'object' ? (item as Metadata) : undefined;
}

function readRescale(metadata: Metadata): Presentation['modality'] {
  const [slope] = numbersOf(metadata, RESCALE_SLOPE);
  const [intercept] = numbersOf(metadata, RESCALE_INTERCEPT);
  if (slope === undefined && intercept === undefined) return undefined;
  const rescale = { slope: slope === undefined || slope === 0 ? 1 : slope, intercept: intercept ?? 0 };
  if (Number.isFinite(rescale.slope) && Number.isFinite(rescale.intercept)) return rescale;
  throw new ImagingError('malformed', 'Rescale Slope or Rescale Intercept of the image is no number, and without it the image would be shown as it is not.');
}

/** Windows of no width, or that are no numbers, show nothing: files have them, and they are passed over. */
function readWindow(metadata: Metadata): Window | undefined {
  const centers = numbersOf(metadata, WINDOW_CENTER);
  const widths = numbersOf(metadata, WINDOW_WIDTH);
  const named = textOf(metadata, VOI_LUT_FUNCTION);
  const voiFunction: VoiFunction = named === 'SIGMOID' || named === 'LINEAR_EXACT' ? named : 'LINEAR';
  const index = centers.findIndex((center, at) => isWindow(center, widths[at], voiFunction));
  return index < 0 ? undefined : { center: centers[index]!, width: widths[index]!, function: voiFunction };
}

export function isWindow(center: number, width: number | undefined, voiFunction: VoiFunction): width is number {
  return Number.isFinite(center) && width !== undefined && Number.isFinite(width) && (voiFunction === 'LINEAR' ? width >= 1 : width > 0);
}

/** Undefined where there is none. Throws ImagingError where there is one that cannot be applied. */
async function readLut(item: Metadata | undefined, name: string, isSigned: boolean, bulk: ReadBulk): Promise<LookupTable | undefined> {
  if (item?.[LUT_DESCRIPTOR] === undefined && item?.[LUT_DATA] === undefined) return undefined;
  return required(lookupTable(numbersOf(item, LUT_DESCRIPTOR), await bytesOf(item[LUT_DATA], name, bulk, WHOLE_LUT), isSigned), name);
}

async function readPalette(metadata: Metadata, bulk: ReadBulk): Promise<Presentation['palette']> {
  const tables = await Promise.all(PALETTES.map(async ([descriptorTag, dataTag, segmentedTag]) => {
    const descriptor = numbersOf(metadata, descriptorTag);
    const segments = await bytesOf(metadata[segmentedTag], 'palette', bulk, WHOLE_LUT);
    const data = segments === undefined ? await bytesOf(metadata[dataTag], 'palette', bulk, WHOLE_LUT) : bytesOfWords(expandSegments(segments, entriesOf(descriptor[0] ?? 0)));
    return required(lookupTable(descriptor, data, false), 'palette');
  }));
  const [red, green, blue] = withBitsOfPalette(tables);
  return [red!, green!, blue!];
}

function required(table: LookupTable | undefined, name: string): LookupTable {
  if (table === undefined) throw new ImagingError('malformed', `The ${name} of the image has no descriptor, no data, or data that contradict the descriptor, and without it the image would be shown as it is not.`);
  return table;
}

function bytesOfWords(words: Uint16Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
