import { NOT_KEPT, vrName } from '../element-table.js';
import { explicitLittle } from '../scan/data-set-encoding.js';
import type { ScannedPart10 } from '../scan/scanned-part10.js';
import type { Piece } from './plan-rewrite.js';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './product-uid.js';
import { writeElement, writeHeader } from './write-element.js';

const GROUP_LENGTH = 0x00020000;
const CLASS_UID = 0x00020012;
const VERSION_NAME = 0x00020013;

/** File Meta of a file that this product has changed: its implementation UID and version name. */
const ownMeta: ReadonlyMap<number, readonly [vr: string, text: string]> = new Map([[CLASS_UID, ['UI', IMPLEMENTATION_CLASS_UID]], [VERSION_NAME, ['SH', IMPLEMENTATION_VERSION_NAME]]]);

/**
 * What stands before the data set: preamble and prefix as they are, then the File Meta in explicit VR little endian
 * (PS3.10 §7.1) with a right group length, this product's elements, and all else that it held.
 */
export function fileMetaPieces({ elements, kept }: ScannedPart10, meta: readonly { readonly tag: number; readonly row: number; readonly start: number }[], dataSetBegins: number): Piece[] {
  const preamble: Piece[] = (meta[0]?.start ?? dataSetBegins) > 0 ? [{ from: 0, end: meta[0]?.start ?? dataSetBegins }] : [];
  if (meta.length === 0) return preamble;
  const own = [...ownMeta].map(([tag, [vr, text]]): { tag: number; pieces: Piece[] } => ({ tag, pieces: [writeElement(tag, vr, Buffer.from(text), explicitLittle)] }));
  const others = meta.filter(({ tag }) => tag !== GROUP_LENGTH && !ownMeta.has(tag)).map(({ tag, row }) => {
    const [from, length] = [elements.kept[row]!, elements.lengths[row]!];
    const vr = vrName(elements.vrs[row]!);
    const value: Piece = from === NOT_KEPT ? { from: elements.valueOffsets[row]!, end: elements.valueOffsets[row]! + length } : kept.subarray(from, from + length);
    return { tag, pieces: [writeHeader(tag, vr, length, explicitLittle), value] };
  });
  const written = [...others, ...own].sort((one, other) => one.tag - other.tag).flatMap(({ pieces }) => pieces);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(written.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.end! - piece.from), 0));
  return [...preamble, writeElement(GROUP_LENGTH, 'UL', length, explicitLittle), ...written];
}
