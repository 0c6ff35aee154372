import { type ImageDescription } from './image-description.js';
import { ImagingError } from './imaging-error.js';

/** DICOM JSON of an instance (PS3.18 §F), as far as it is read here. */
export type Metadata = Readonly<Record<string, MetadataElement | undefined>>;

export interface MetadataElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

const SAMPLES_PER_PIXEL = '00280002';
const PHOTOMETRIC_INTERPRETATION = '00280004';
const PLANAR_CONFIGURATION = '00280006';
const ROWS = '00280010';
const COLUMNS = '00280011';
const BITS_ALLOCATED = '00280100';
const BITS_STORED = '00280101';
const HIGH_BIT = '00280102';
const PIXEL_REPRESENTATION = '00280103';
/** Pixel Data, Float and Double Float Pixel Data. */
const PIXEL_DATA = ['7FE00010', '7FE00008', '7FE00009'];

/**
 * The image that an instance's metadata tell of; what files often leave out has the value that it can only have.
 *
 * @throws ImagingError `malformed` without Rows, Columns or Bits Allocated
 */
export function describeImage(metadata: Metadata): ImageDescription {
  const bitsAllocated = required(metadata, BITS_ALLOCATED, 'Bits Allocated');
  const bitsStored = numberOf(metadata, BITS_STORED) ?? bitsAllocated;
  const samplesPerPixel = numberOf(metadata, SAMPLES_PER_PIXEL) ?? 1;
  return {
    rows: required(metadata, ROWS, 'Rows'),
    columns: required(metadata, COLUMNS, 'Columns'),
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit: numberOf(metadata, HIGH_BIT) ?? bitsStored - 1,
    pixelRepresentation: numberOf(metadata, PIXEL_REPRESENTATION) === 1 ? 1 : 0,
    planarConfiguration: samplesPerPixel > 1 && numberOf(metadata, PLANAR_CONFIGURATION) === 1 ? 1 : 0,
    photometricInterpretation: textOf(metadata, PHOTOMETRIC_INTERPRETATION) ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2'),
    pixelDataVr: PIXEL_DATA.map((tag) => metadata[tag]?.vr).find((vr) => vr !== undefined),
  };
}

/** The first value, if it is a number. */
export function numberOf(metadata: Metadata, tag: string): number | undefined {
  const value = metadata[tag]?.Value?.[0];
  return typeof value === 'number' ? value : undefined;
}

/** The first value, if it is text; what pads it, which may be nulls, is no part of it. */
export function textOf(metadata: Metadata, tag: string): string | undefined {
  const value = metadata[tag]?.Value?.[0];
  return typeof value === 'string' ? value.replaceAll(/^[\s\0]+|[\s\0]+$/g, '') : undefined;
}

function required(metadata: Metadata, tag: string, name: string): number {
  const value = numberOf(metadata, tag);
  if (value === undefined) throw new ImagingError('malformed', `The instance has no ${name} (${tag.slice(0, 4)},${tag.slice(4)}).`);
  return value;
}
