import { type Metadata, type MetadataElement } from '../describe-image.js';
import { ImagingError } from '../imaging-error.js';

/** Bytes of a BulkDataURI, little endian, or as many of a part of them as there are; undefined where they cannot be had. */
export type ReadBulk = (uri: string, part?: { readonly first: number; readonly length: number }) => Promise<Buffer | undefined>;

/**
 * A part of a binary value, or of one that a small LUT has as numbers.
 *
 * @param name of the value, for the error
 * @returns undefined where the data set has no such element
 * @throws ImagingError `malformed` when it names a value that cannot be had: the image must not be shown as if it had none
 */
export async function bytesOf(element: MetadataElement | undefined, name: string, bulk: ReadBulk, part: { readonly first: number; readonly length: number }): Promise<Buffer | undefined> {
  const { first, length } = part;
  if (element?.InlineBinary !== undefined) return Buffer.from(element.InlineBinary, 'base64').subarray(first, first + length);
  if (element?.Value !== undefined) return Buffer.from(Uint16Array.from(element.Value, Number).buffer).subarray(first, first + length);
  if (element?.BulkDataURI === undefined) return undefined;
  const bytes = await bulk(element.BulkDataURI, part);
  if (bytes === undefined) throw new ImagingError('malformed', `The ${name} of the image cannot be read, and without it the image would be shown as it is not.`);
  return bytes;
}

export function numbersOf(metadata: Metadata, tag: string): number[] {
  return (metadata[tag]?.Value ?? []).map(Number);
}
