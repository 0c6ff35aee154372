import { ImagingError, type Metadata } from '@isocenter/imaging';
import { setImmediate } from 'node:timers/promises';

/** What of an instance's metadata is needed to work on its frames. */
export interface ImageMetadata {
  /** Without the items of single frames. */
  readonly metadata: Metadata;
  /** Reduced item of the Per-frame Functional Groups Sequence (PS3.3 §C.7.6.16); undefined where there is none, or nothing in it is needed. */
  readonly ofFrame: (number: number) => Metadata | undefined;
  /** Bytes that are held. */
  readonly length: number;
}

/** Image Pixel and LUTs, Presentation LUT, overlays, pixels; shared groups; encapsulated document and its length; optical paths, which have ICC profiles. */
const WANTED = /^(?:0028|2050|60[01][02468ACE]|7FE0|52009229|0042001[15]|00480105)/;
const PER_FRAME_GROUPS = '52009230';
/** Pixel Value Transformation and Frame VOI LUT. */
const WANTED_OF_FRAME = new Set(['00289145', '00289132']);
/** More is none that a picture could need, and would be parsed in one go. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Bytes that are looked at before others have their turn. */
const TURN = 512 * 1024;

const [QUOTE, BACKSLASH, COMMA, OBJECT, OBJECT_END, LIST, LIST_END] = [...Buffer.from('"\\,{}[]')] as [number, number, number, number, number, number, number];
/** Nesting of the members of the data set, of the list of items, and of the members of an item. */
const [ROOT, ITEMS, ITEM] = [1, 3, 4] as const;

/**
 * Finds the members that are needed in the bytes and parses no others: of thousands of frames the metadata are tens of megabytes.
 *
 * @param json DICOM JSON as `writeMetadata` makes it, without white space
 * @throws ImagingError `too-large`
 */
export async function readImageMetadata(json: Buffer): Promise<ImageMetadata> {
  const members: Buffer[] = [];
  const ofFrames: Buffer[] = [];
  /** Into `ofFrames` joined: where the members of each item end. */
  const ends: number[] = [];
  let [depth, begin, wanted, inFrames, size] = [0, 0, false, false, 0];
  let turn = TURN;
  const close = (at: number): void => {
    if (wanted) (depth === ITEM ? ofFrames : members).push(json.subarray(begin, at), SEPARATOR);
    if (wanted && depth === ITEM) size += at - begin + 1;
    wanted = false;
  };
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      if (depth === ROOT || (depth === ITEM && inFrames)) {
        begin = at;
        const tag = json.toString('latin1', at + 1, at + 9);
        wanted = depth === ROOT ? WANTED.test(tag) : WANTED_OF_FRAME.has(tag);
        if (depth === ROOT) inFrames = tag === PER_FRAME_GROUPS;
      }
      at = endOfString(json, at + 1);
    } else if (byte === OBJECT || byte === LIST) depth++;
    else if (byte === OBJECT_END || byte === LIST_END) {
      if (depth === ROOT || (depth === ITEM && inFrames)) close(at);
      depth--;
      if (depth === ITEMS && inFrames) ends.push(size);
    } else if (byte === COMMA && (depth === ROOT || (depth === ITEM && inFrames))) close(at);
    if (at < turn) continue;
    turn = at + TURN;
    await setImmediate();
  }
  const [root, frames] = [Buffer.concat(members), Buffer.concat(ofFrames)];
  requireParsable(root.length);
  return {
    metadata: parseMembers(root),
    ofFrame: (number) => {
      const [from, to] = [ends[number - 2] ?? 0, ends[number - 1] ?? 0];
      if (to <= from) return undefined;
      requireParsable(to - from);
      return parseMembers(frames.subarray(from, to));
    },
    length: root.length + frames.length + 8 * ends.length,
  };
}

const SEPARATOR = Buffer.from(',');

/** Each is followed by a comma. */
function parseMembers(members: Buffer): Metadata {
  return JSON.parse(`{${members.toString('utf8', 0, Math.max(0, members.length - 1))}}`) as Metadata;
}

/** The quote that ends it. */
function endOfString(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

function requireParsable(length: number): void {
  if (length > MAX_BYTES) throw new ImagingError('too-large', `What the instance says of its image has ${length} bytes; at most ${MAX_BYTES} are read.`);
}
