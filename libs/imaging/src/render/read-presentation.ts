import { alignBits } from '@isocenter/dicom';

import { describeImage, type Metadata, type MetadataElement, numberOf, textOf } from '../describe-image.js';
import { lookupTable, type LookupTable } from './lookup-table.js';
import { type Overlay, type Presentation, type VoiFunction, type Window } from './presentation.js';
import { expandSegments } from './segmented-palette.js';

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

/**
 * @param metadata DICOM JSON of the instance
 * @param frameNumber from 1
 * @param bulk the bytes of a BulkDataURI, little endian; undefined where they cannot be had: the image is then shown without
 */
export async function readPresentation(metadata: Metadata, frameNumber: number, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Presentation> {
  const image = describeImage(metadata);
  const isSigned = image.pixelRepresentation === 1;
  const groups = [itemOf(metadata, PER_FRAME_GROUPS, frameNumber - 1), itemOf(metadata, SHARED_GROUPS, 0)];
  const transformation = groups.map((group) => itemOf(group, PIXEL_VALUE_TRANSFORMATION, 0)).find(Boolean) ?? metadata;
  const voi = groups.map((group) => itemOf(group, FRAME_VOI_LUT, 0)).find(Boolean) ?? metadata;
  const modality = (await readLut(itemOf(metadata, MODALITY_LUT_SEQUENCE, 0), LUT_DESCRIPTOR, LUT_DATA, isSigned, bulk)) ?? readRescale(transformation);
  // What a modality LUT gives has no sign; what rescaling gives may have one.
  const voiSigned = modality !== undefined && 'slope' in modality ? modality.intercept < 0 || isSigned : modality === undefined && isSigned;
  return {
    modality,
    voiLut: await readLut(itemOf(metadata, VOI_LUT_SEQUENCE, 0), LUT_DESCRIPTOR, LUT_DATA, voiSigned, bulk),
    window: readWindow(voi),
    palette: image.photometricInterpretation === 'PALETTE COLOR' ? await readPalette(metadata, bulk) : undefined,
    isInverse: image.photometricInterpretation === 'MONOCHROME1' || textOf(metadata, PRESENTATION_LUT_SHAPE) === 'INVERSE',
    overlays: image.samplesPerPixel === 1 ? await readOverlays(metadata, frameNumber, bulk) : [],
  };
}

function itemOf(metadata: Metadata | undefined, tag: string, index: number): Metadata | undefined {
  const item = metadata?.[tag]?.Value?.[index];
  return item !== null && typeof item === 'object' ? (item as Metadata) : undefined;
}

function readRescale(metadata: Metadata): Presentation['modality'] {
  const [slope] = numbersOf(metadata, RESCALE_SLOPE);
  const [intercept] = numbersOf(metadata, RESCALE_INTERCEPT);
  return slope === undefined && intercept === undefined ? undefined : { slope: slope === undefined || slope === 0 ? 1 : slope, intercept: intercept ?? 0 };
}

/** Windows of no width show nothing: files have them, and they are passed over. */
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

async function readLut(metadata: Metadata | undefined, descriptor: string, data: string, isSigned: boolean, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<LookupTable | undefined> {
  if (metadata === undefined) return undefined;
  return lookupTable(numbersOf(metadata, descriptor), await bytesOf(metadata[data], bulk), isSigned);
}

async function readPalette(metadata: Metadata, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Presentation['palette']> {
  const tables = await Promise.all(PALETTES.map(async ([descriptor, data, segmented]) => {
    const segments = await bytesOf(metadata[segmented], bulk);
    if (segments === undefined) return readLut(metadata, descriptor, data, false, bulk);
    const entries = expandSegments(segments);
    return lookupTable(numbersOf(metadata, descriptor), Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength), false);
  }));
  const [red, green, blue] = tables;
  return red && green && blue ? [red, green, blue] : undefined;
}

/** Groups 6000 to 601E; those inside Pixel Data (retired) are not read. */
async function readOverlays(metadata: Metadata, frameNumber: number, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Overlay[]> {
  const overlays: Overlay[] = [];
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string): string => `${group.toString(16).toUpperCase()}${element}`;
    const [rows, columns] = [numberOf(metadata, tag('0010')), numberOf(metadata, tag('0011'))];
    const bits = await bytesOf(metadata[tag('3000')], bulk);
    const frame = frameNumber - (numberOf(metadata, tag('0051')) ?? 1);
    const frames = numberOf(metadata, tag('0015'));
    if (rows === undefined || columns === undefined || bits === undefined || frame < 0 || frame >= (frames ?? Infinity)) continue;
    const [top = 1, left = 1] = numbersOf(metadata, tag('0050'));
    overlays.push({ rows, columns, top, left, bits: bitsOf(bits, frames === undefined ? 0 : frame * rows * columns, rows * columns) });
  }
  return overlays;
}

/** A copy of its own, so that it can be handed to a thread without what it was a part of. */
function bitsOf(bits: Buffer, from: number, count: number): Uint8Array {
  const end = Math.ceil((from + count) / 8);
  return new Uint8Array(alignBits(bits.subarray(from >> 3, end), from % 8, Math.max(0, Math.min(count, 8 * bits.length - from))));
}

function numbersOf(metadata: Metadata, tag: string): number[] {
  return (metadata[tag]?.Value ?? []).map(Number);
}

/** Binary values, and those that a small LUT has as numbers. */
async function bytesOf(element: MetadataElement | undefined, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  if (element?.InlineBinary !== undefined) return Buffer.from(element.InlineBinary, 'base64');
  if (element?.BulkDataURI !== undefined) return bulk(element.BulkDataURI);
  if (element?.Value === undefined) return undefined;
  const words = Uint16Array.from(element.Value, Number);
  return Buffer.from(words.buffer);
}
