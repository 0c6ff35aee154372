import { createHash } from 'node:crypto';

export interface InstanceIdentity {
  readonly partition: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** A file system takes 255 bytes a name; what is left is for `_{version}.dcm` and its like behind the segment. */
const longestSegment = 200;
const keptOfLongSegment = 100;

const plain = /^[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?$/;
const isPlainByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f;

/**
 * Makes any text one segment of a key, different texts giving different segments, also where letters of both cases are
 * the same name: everything but `a-z 0-9 - _ .` becomes `%` and two lower-case hex digits per UTF-8 byte, as does a
 * full stop at either end. Longer than 200 bytes: its beginning, `%~` and the SHA-256 of the text.
 */
export const encodeSegment = (text: string): string => {
  const encoded = plain.test(text) ? text : percentEncode(Buffer.from(text, 'utf8'));
  if (encoded.length <= longestSegment) return encoded;
  return `${encoded.slice(0, keptOfLongSegment)}%~${createHash('sha256').update(text).digest('hex')}`;
};

const percentEncode = (bytes: Buffer): string => {
  if (bytes.length === 0) return '%';
  let encoded = '';
  bytes.forEach((byte, at) => {
    const atAnEnd = at === 0 || at === bytes.length - 1;
    const kept = isPlainByte(byte) && !(byte === 0x2e && atAnEnd);
    encoded += kept ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  });
  return encoded;
};

/** The text that a segment was made from; undefined for that of a long one, which is not in it, and for what `encodeSegment` does not make. */
export const decodeSegment = (segment: string): string | undefined => {
  try {
    const text = segment === '%' ? '' : decodeURIComponent(segment);
    return encodeSegment(text) === segment ? text : undefined;
  } catch {
    return undefined;
  }
};

/** What all objects of one version of an instance begin with; its metadata and frame table stand beside its bytes. */
export const instancePrefix = (instance: InstanceIdentity, version: string): string =>
  `${encodeSegment(instance.partition)}/${encodeSegment(instance.studyInstanceUid)}/` +
  `${encodeSegment(instance.seriesInstanceUid)}/${encodeSegment(instance.sopInstanceUid)}_${encodeSegment(version)}`;

/**
 * `{partition}/{study}/{series}/{sop}_{version}.dcm`. Not a folder per instance: a new folder has to be synced in its
 * parent and in itself, which takes a tenth off the rate of stores (docs/adr/0001-object-layout.md).
 */
export const instanceKey = (instance: InstanceIdentity, version: string): string => `${instancePrefix(instance, version)}.dcm`;

/** An object of a version: its bytes, its metadata or its frame table. */
export interface VersionKey extends InstanceIdentity {
  readonly version: string;
}

/** Of which version an object is; undefined for what is none of an instance's objects. */
export const parseInstanceKey = (key: string): VersionKey | undefined => {
  const match = /^([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)_([^/_]+)\.(?:dcm|metadata|frames)$/.exec(key);
  if (!match) return undefined;
  const [partition, studyInstanceUid, seriesInstanceUid, sopInstanceUid, version] = match.slice(1).map(decodeSegment);
  if (partition === undefined || studyInstanceUid === undefined || seriesInstanceUid === undefined || sopInstanceUid === undefined || version === undefined) return undefined;
  return { partition, studyInstanceUid, seriesInstanceUid, sopInstanceUid, version };
};

const wellFormed = /^(?!\.)[a-z0-9._%~-]+(?:\/(?!\.)[a-z0-9._%~-]+)*$/;

/** Whether a key may have been made from encoded segments. */
export const isObjectKey = (key: string): boolean => wellFormed.test(key);

/** A key that was not made from encoded segments is a programmer's mistake, and on a disk a way out of the folder. */
export const assertObjectKey = (key: string): void => {
  if (!isObjectKey(key)) throw new TypeError('An object key consists of segments from encodeSegment, joined by "/".');
};
