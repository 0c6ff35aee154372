import { CharacterSet } from '../charset/character-set.js';
import { TextValue } from '../charset/text-value.js';
import { isSignedOrUnsigned, vrOfTag } from '../dictionary/vr-of-tag.js';
import { type ElementTable, NOT_KEPT, type ScannedFile, vrCode, vrName } from '../element-table.js';
import { invalidAttribute, type ValidationProblem } from '../validate/validation-problem.js';
import { JsonBytes } from './json-bytes.js';
import { BASE, CUT, type MetadataJson } from './json-marks.js';
import { inKeyOrder } from './key-order.js';
import { BINARY, isKnownVr, kindOf, NAME, ONE_TEXT, SEQUENCE, TAG, widthOf } from './value-kinds.js';
import { writeBase64, writeNumbers, writeTags } from './write-binary.js';
import { writeName, writeTexts } from './write-text.js';

const UN = vrCode('UN');
const US = vrCode('US');
const SS = vrCode('SS');
const SQ = vrCode('SQ');
const SPECIFIC_CHARACTER_SET = 0x00080005;
const PIXEL_REPRESENTATION = 0x00280103;
/** Binary values below this are InlineBinary, others BulkDataURI. */
const BULK_BYTES = 1024;
/** Attributes of a file that are named as invalid. */
const MAX_PROBLEMS = 1000;

/** A value that the JSON names by BulkDataURI: where it lies in the file (see `ElementTable.valueOffsets`). */
export interface BulkValue {
  /** Tag, or tag/item/tag for a value in a sequence; items count from 1. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly vr: string;
}

/** An attribute of the data set itself: its row, and the bytes of its member in the JSON. */
export interface RootMember {
  readonly tag: number;
  readonly vr: number;
  readonly row: number;
  readonly start: number;
  readonly end: number;
  /** False for invalid values and for what the `/v2` view has not. */
  readonly inAzureView: boolean;
}

export interface WrittenMetadata extends MetadataJson {
  /** Start and end of each member of the data set itself that may be searched for, by turns: valid ones, and short private ones of UN. */
  readonly searchable: readonly number[];
  readonly bulk: readonly BulkValue[];
  /** One for each attribute with an invalid value; of a sequence the first (v2 conformance page, "Store changes from v1"). */
  readonly problems: readonly ValidationProblem[];
  /** Attributes for which `wanted` was true, ascending. */
  readonly members: readonly RootMember[];
  /** The rows to which `members` refer. */
  readonly elements: ElementTable;
  readonly characterSet: CharacterSet;
}

/** Writes and validates the data set in one pass. The File Meta Information and group lengths are no part of the JSON (PS3.18 F.2). */
export function writeMetadata(file: ScannedFile, wanted: (tag: number) => boolean = () => false): WrittenMetadata {
  return new MetadataWriter(file, wanted).write();
}

class MetadataWriter {
  private readonly out = new JsonBytes();
  private readonly elements: ElementTable;
  private readonly kept: Buffer;
  private readonly view: DataView;
  private readonly littleEndian: boolean;
  private readonly wanted: (tag: number) => boolean;
  private readonly text = new TextValue();
  private readonly marks: number[] = [];
  private readonly bulk: BulkValue[] = [];
  private readonly problems: ValidationProblem[] = [];
  private readonly members: RootMember[] = [];
  private readonly searchable: number[] = [];
  /** Tags of the open sequences, each followed by the number of its open item. */
  private readonly path: number[] = [];
  private characterSet = CharacterSet.of('');
  private readonly explicit: boolean;
  private signed = false;
  /** The element at hand is UN in the file. */
  private wasUnknown = false;
  /** Problems of the root attribute at hand are already noted. */
  private noted = false;

  constructor(file: ScannedFile, wanted: (tag: number) => boolean) {
    this.elements = inKeyOrder(file.elements);
    this.kept = file.kept;
    this.view = new DataView(file.kept.buffer, file.kept.byteOffset, file.kept.byteLength);
    this.littleEndian = file.littleEndian;
    this.explicit = file.explicitVr;
    this.wanted = wanted;
  }

  write(): WrittenMetadata {
    this.dataSet(0, this.elements.count);
    const { bulk, problems, members, searchable, elements, characterSet } = this;
    return { json: this.out.finish(), marks: Uint32Array.from(this.marks), searchable, bulk, problems, members, elements, characterSet };
  }

  /** Recursion ends at the table's depth, 255. */
  private dataSet(begin: number, end: number): void {
    const { out, elements, marks } = this;
    const { characterSet, signed } = this;
    this.signed = this.pixelRepresentation(begin, end);
    const root = this.path.length === 0;
    let first = true;
    let cutOnly = true;
    out.byte(0x7b);
    for (let row = begin; row < end; row = elements.ends[row] as number) {
      const tag = elements.tags[row] as number;
      if ((tag & 0xffff) === 0 || tag < 0x00030000) continue;
      const comma = out.at;
      if (!first) {
        out.byte(0x2c);
        // What was cut before takes the comma with it while nothing that stays stands before.
        if (cutOnly) this.extendLastCut(comma);
      }
      if (root) this.noted = false;
      const start = out.at;
      const mark = marks.length;
      const vr = this.vrOf(tag, row);
      const stays = this.member(tag, vr, row);
      if (!stays) {
        const from = cutOnly ? start : comma;
        marks.splice(mark, 0, CUT, from, out.at - from);
      } else cutOnly = false;
      if (root && (stays ? isSearchable(vr) : isShortUnknown(tag, vr, elements.lengths[row] as number))) this.searchable.push(start, out.at);
      if (root && this.wanted(tag)) this.members.push({ tag, vr, row, start, end: out.at, inAzureView: stays });
      first = false;
    }
    out.byte(0x7d);
    this.signed = signed;
    // The data set's own character set ends with it; the root's is asked for at the end.
    if (!root) this.characterSet = characterSet;
  }

  /** @returns whether the `/v2` view has it */
  private member(tag: number, vr: number, row: number): boolean {
    const { out } = this;
    const kind = kindOf(vr);
    const length = this.elements.lengths[row] as number;
    const kept = this.elements.kept[row] as number;
    out.member(tag, vr);
    let stays = kind !== BINARY;
    if (kind === SEQUENCE) this.items(tag, row);
    else if (length > 0) {
      if (kept === NOT_KEPT || isPixelData(tag) || (kind === BINARY && length >= BULK_BYTES)) {
        this.bulkDataUri(tag, vr, row);
        stays = false;
      } else if (!this.value(tag, vr, kind, kept, length)) stays = false;
    }
    out.byte(0x7d);
    return stays;
  }

  /** @returns whether it is valid */
  private value(tag: number, vr: number, kind: number, kept: number, length: number): boolean {
    const { out, view } = this;
    const width = widthOf(vr);
    if (kind === BINARY || kind === TAG || width > 1) {
      // What was UN in the file is little endian in any file (PS3.5 §6.2.2).
      const littleEndian = this.littleEndian || this.wasUnknown;
      if (kind === BINARY) return writeBase64(out, this.kept, kept, length, littleEndian ? 1 : width);
      if (length >= width) (kind === TAG ? writeTags : writeNumbers)(out, view, kept, length, vr, littleEndian);
      if (length % width === 0) return true;
      return this.problem(invalidAttribute(tag, `does not validate VR ${vrName(vr)}: value length ${length} is not a multiple of ${width}`));
    }
    this.text.read(this.kept, kept, length, vr, this.characterSet);
    const { text } = this;
    if (text.start === text.end) return true;
    const invalid = kind === NAME ? writeName(out, text, tag) : writeTexts(out, text, tag, vr, kind, tag === SPECIFIC_CHARACTER_SET);
    if (tag === SPECIFIC_CHARACTER_SET) this.characterSet = CharacterSet.of(text.bytes.toString('latin1', text.start, text.end));
    return invalid === undefined || this.problem(invalid);
  }

  private items(tag: number, row: number): void {
    const { out, elements, path } = this;
    const end = elements.ends[row] as number;
    if (row + 1 >= end) return;
    out.ascii(',"Value":[');
    path.push(tag, 0);
    for (let item = row + 1; item < end; item = elements.ends[item] as number) {
      if (item > row + 1) out.byte(0x2c);
      (path[path.length - 1] as number)++;
      this.dataSet(item + 1, elements.ends[item] as number);
    }
    path.length -= 2;
    out.byte(0x5d);
  }

  private bulkDataUri(tag: number, vr: number, row: number): void {
    const { out, marks } = this;
    let path = '';
    for (let i = 0; i < this.path.length; i += 2) path += `${tagName(this.path[i] as number)}/${this.path[i + 1]}/`;
    path += tagName(tag);
    out.ascii(',"BulkDataURI":"');
    marks.push(BASE, out.at, 0);
    out.ascii(`/bulkdata/${path}"`);
    const { valueOffsets, lengths } = this.elements;
    this.bulk.push({ path, offset: valueOffsets[row] as number, length: lengths[row] as number, vr: vrName(vr) });
  }

  /** The VR of the JSON: what is written as UN (PS3.5 §6.2.2) or with a VR that is none gets the dictionary's. */
  private vrOf(tag: number, row: number): number {
    const vr = this.elements.vrs[row] as number;
    this.wasUnknown = false;
    if ((this.elements.ends[row] as number) > row + 1) return SQ;
    if (isKnownVr(vr) && vr !== UN) return vr === US && !this.explicit && isSignedOrUnsigned(tag) && this.signed ? SS : vr;
    const known = vrOfTag(tag);
    if (known === UN || known === SQ) return UN;
    this.wasUnknown = true;
    return known === US && this.signed && isSignedOrUnsigned(tag) ? SS : known;
  }

  /** Of this data set, else of the one around it: PS3.5 A.1 leaves 'US or SS' to it. */
  private pixelRepresentation(begin: number, end: number): boolean {
    const { tags, kept, ends, lengths } = this.elements;
    for (let row = begin; row < end && (tags[row] as number) <= PIXEL_REPRESENTATION; row = ends[row] as number) {
      if (tags[row] !== PIXEL_REPRESENTATION || kept[row] === NOT_KEPT || (lengths[row] as number) < 2) continue;
      return this.view.getUint16(kept[row] as number, this.littleEndian) === 1;
    }
    return this.signed;
  }

  private extendLastCut(comma: number): void {
    const { marks } = this;
    let i = marks.length - 3;
    while (marks[i] !== CUT) i -= 3;
    marks[i + 2] = comma + 1 - (marks[i + 1] as number);
  }

  private problem(problem: ValidationProblem): false {
    if (!this.noted && this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    this.noted = true;
    return false;
  }
}

/** A private element of a file that does not say what it is; who knows that may search for it. */
function isShortUnknown(tag: number, vr: number, length: number): boolean {
  return vr === UN && (tag & 0x10000) !== 0 && length < BULK_BYTES;
}

/** No sequence, and no text without bounds. */
function isSearchable(vr: number): boolean {
  const kind = kindOf(vr);
  return kind !== SEQUENCE && kind !== ONE_TEXT && kind !== TAG;
}

function isPixelData(tag: number): boolean {
  return tag === 0x7fe00010 || tag === 0x7fe00008 || tag === 0x7fe00009;
}

function tagName(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}
