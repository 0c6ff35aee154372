import { type Metadata, type MetadataElement } from '../describe-image.js';

const ICC_PROFILE = '00282000';
const OPTICAL_PATHS = '00480105';
/** A profile begins with a header of this length (ICC.1 §7.2). */
const HEADER = 128;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The ICC profile of a colour image: its own, or that of its first optical path which has one (PS3.3 §C.11.15, §C.8.12.5).
 *
 * @param bulk the bytes of a BulkDataURI; undefined where they cannot be had
 * @returns undefined where there is none that is one of RGB
 */
export async function readIccProfile(metadata: Metadata, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Uint8Array | undefined> {
  const paths = (metadata[OPTICAL_PATHS]?.Value ?? []).filter((item) => item !== null && typeof item === 'object') as Metadata[];
  const element = [metadata, ...paths].map((one) => one[ICC_PROFILE]).find((one) => one !== undefined);
  const bytes = element && (await bytesOf(element, bulk));
  if (bytes === undefined || bytes.length < HEADER + 4 || bytes.length > MAX_BYTES) return undefined;
  const length = bytes.readUInt32BE(0);
  const isProfile = bytes.toString('latin1', 36, 40) === 'acsp' && bytes.toString('latin1', 16, 20) === 'RGB ' && length > HEADER && length <= bytes.length;
  // Without what pads the value; a copy of its own, so that it can be handed to a thread.
  return isProfile ? new Uint8Array(bytes.subarray(0, length)) : undefined;
}

async function bytesOf({ InlineBinary, BulkDataURI }: MetadataElement, bulk: (uri: string) => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  if (InlineBinary !== undefined) return Buffer.from(InlineBinary, 'base64');
  return BulkDataURI === undefined ? undefined : bulk(BulkDataURI);
}
