import { TextValue } from './charset/text-value.js';
import { NOT_KEPT, type ScannedFile, vrCode } from './element-table.js';
import { type MetadataJson, without } from './json/json-marks.js';
import { LARGE_METADATA, shortMetadata } from './json/short-metadata.js';
import { kindOf, NAME, NUMBER, NUMBER_STRING, TEXT } from './json/value-kinds.js';
import { type BulkValue, type RootMember, writeMetadata, type WrittenMetadata } from './json/write-metadata.js';
import { levelAttributesOf, type QueryLevel } from './query/level-attributes.js';
import { stringNumber } from './query/normalize.js';
import { searchValue, type SearchValue } from './query/search-value.js';
import { invalidAttribute, tagText, type ValidationProblem } from './validate/validation-problem.js';

/** The attributes of one query level that the instance has, as DICOM JSON members. */
export interface LevelMembers {
  /** `"00080020":{…},"00080050":{…}`, ascending, without braces. */
  readonly members: string;
  readonly tags: readonly number[];
  /** For each of `tags` where its member ends in `members`: a selection is made by slicing. */
  readonly ends: readonly number[];
}

/** Image Pixel attributes (PS3.3 C.7.6.3); undefined where the instance has none. */
export interface ImageFacts {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly samplesPerPixel: number | undefined;
  readonly bitsAllocated: number | undefined;
  readonly bitsStored: number | undefined;
  readonly numberOfFrames: number;
  readonly photometricInterpretation: string | undefined;
}

export interface InstanceDescription {
  /** '' where the file has none; see `failures`. */
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly patientId: string;
  readonly image: ImageFacts;
  readonly metadata: MetadataJson;
  readonly bulk: readonly BulkValue[];
  /** Stored all the same. */
  readonly warnings: readonly ValidationProblem[];
  /** Required attributes that are missing or invalid: the instance cannot be stored under `/v2`. */
  readonly failures: readonly ValidationProblem[];
  readonly study: LevelMembers;
  readonly series: LevelMembers;
  readonly instance: LevelMembers;
  readonly searchValues: readonly SearchValue[];
}

const SOP_CLASS_UID = 0x00080016;
const SOP_INSTANCE_UID = 0x00080018;
const PATIENT_ID = 0x00100020;
const STUDY_INSTANCE_UID = 0x0020000d;
const SERIES_INSTANCE_UID = 0x0020000e;
const SAMPLES_PER_PIXEL = 0x00280002;
const PHOTOMETRIC_INTERPRETATION = 0x00280004;
const NUMBER_OF_FRAMES = 0x00280008;
const ROWS = 0x00280010;
const COLUMNS = 0x00280011;
const BITS_ALLOCATED = 0x00280100;
const BITS_STORED = 0x00280101;

/** v2 conformance page, "Store required attributes". */
const REQUIRED_UIDS = [STUDY_INSTANCE_UID, SERIES_INSTANCE_UID, SOP_INSTANCE_UID, SOP_CLASS_UID];
const REQUIRED = new Set([...REQUIRED_UIDS, PATIENT_ID]);
const FACTS = new Set([SAMPLES_PER_PIXEL, PHOTOMETRIC_INTERPRETATION, NUMBER_OF_FRAMES, ROWS, COLUMNS, BITS_ALLOCATED, BITS_STORED]);

const BACKSLASH = 0x5c;
const UL = vrCode('UL');
const US = vrCode('US');

/** Everything that a store request needs to know of an instance, from one pass over its elements. */
export function describeInstance(file: ScannedFile): InstanceDescription {
  return new Description(file).describe();
}

class Description {
  private readonly written: WrittenMetadata;
  private readonly byTag = new Map<number, RootMember>();
  private readonly text = new TextValue();
  private readonly file: ScannedFile;

  constructor(file: ScannedFile) {
    this.file = file;
    this.written = writeMetadata(file, isWanted);
    for (const member of this.written.members) this.byTag.set(member.tag, member);
  }

  describe(): InstanceDescription {
    const { json, marks, searchable, bulk } = this.written;
    const { warnings, failures } = this.problems();
    return {
      studyInstanceUid: this.textOf(STUDY_INSTANCE_UID),
      seriesInstanceUid: this.textOf(SERIES_INSTANCE_UID),
      sopInstanceUid: this.textOf(SOP_INSTANCE_UID),
      sopClassUid: this.textOf(SOP_CLASS_UID),
      transferSyntaxUid: this.file.transferSyntaxUid,
      patientId: this.textOf(PATIENT_ID),
      image: this.image(warnings),
      metadata: { json, marks, ...(json.length > LARGE_METADATA && { short: shortMetadata(json, searchable) }) },
      bulk,
      warnings,
      failures,
      study: this.level('study'),
      series: this.level('series'),
      instance: this.level('instance'),
      searchValues: this.searchValues(),
    };
  }

  private problems(): { warnings: ValidationProblem[]; failures: ValidationProblem[] } {
    const warnings: ValidationProblem[] = [];
    const failures: ValidationProblem[] = [];
    for (const problem of this.written.problems) (REQUIRED.has(problem.tag) && this.byTag.get(problem.tag)?.inAzureView === false ? failures : warnings).push(problem);
    for (const tag of REQUIRED_UIDS) {
      if (!this.byTag.has(tag)) failures.push(missing(tag));
      else if (this.textOf(tag) === '') failures.push(invalidAttribute(tag, `The required attribute '${tagText(tag)}' has no value.`));
    }
    if (!this.byTag.has(PATIENT_ID)) failures.push(missing(PATIENT_ID));
    else if (this.textOf(PATIENT_ID) === '') warnings.push(invalidAttribute(PATIENT_ID, `The required attribute '${tagText(PATIENT_ID)}' has no value.`));
    return { warnings, failures };
  }

  private image(warnings: ValidationProblem[]): ImageFacts {
    const frames = this.textOf(NUMBER_OF_FRAMES);
    const stated = frames === '' ? 1 : stringNumber(frames);
    const usable = stated !== undefined && Number.isSafeInteger(stated) && stated > 0;
    const alreadyNoted = this.byTag.get(NUMBER_OF_FRAMES)?.inAzureView === false;
    if (!usable && !alreadyNoted) warnings.push(invalidAttribute(NUMBER_OF_FRAMES, `Number of Frames "${frames}" is no positive number; taken as 1.`));
    return {
      rows: this.numberOf(ROWS),
      columns: this.numberOf(COLUMNS),
      samplesPerPixel: this.numberOf(SAMPLES_PER_PIXEL),
      bitsAllocated: this.numberOf(BITS_ALLOCATED),
      bitsStored: this.numberOf(BITS_STORED),
      numberOfFrames: usable ? stated : 1,
      photometricInterpretation: this.textOf(PHOTOMETRIC_INTERPRETATION) || undefined,
    };
  }

  private level(level: QueryLevel): LevelMembers {
    const { json, marks } = this.written;
    const tags: number[] = [];
    const ends: number[] = [];
    let members = '';
    for (const { tag, start, end, inAzureView } of this.written.members) {
      if (!inAzureView || !levelAttributesOf(tag).some((attribute) => attribute.level === level)) continue;
      if (tags.length > 0) members += ',';
      for (const slice of without(json, marks, start, end)) members += slice.toString('utf8');
      tags.push(tag);
      ends.push(members.length);
    }
    return { members, tags, ends };
  }

  private searchValues(): SearchValue[] {
    const values: SearchValue[] = [];
    for (const { tag, vr, inAzureView } of this.written.members) {
      if (!inAzureView) continue;
      for (const { level, searchable } of levelAttributesOf(tag)) {
        if (searchable === undefined) continue;
        const value = kindOf(vr) === NUMBER ? this.numericSearchValue(level, tag, searchable) : searchValue(level, tag, searchable, vr, this.textOf(tag));
        if (value !== undefined) values.push(value);
      }
    }
    return values;
  }

  private numericSearchValue(level: QueryLevel, tag: number, searchable: 'everywhere' | 'web'): SearchValue | undefined {
    const value = this.numberOf(tag);
    return value === undefined ? undefined : { level, tag, searchable, value };
  }

  /** The first value of a text without padding, '' where there is none. */
  private textOf(tag: number): string {
    const member = this.byTag.get(tag);
    if (member === undefined) return '';
    const { elements, characterSet } = this.written;
    const kept = elements.kept[member.row] as number;
    const kind = kindOf(member.vr);
    if (kept === NOT_KEPT || (kind !== TEXT && kind !== NAME && kind !== NUMBER_STRING)) return '';
    const { text } = this;
    text.read(this.file.kept, kept, elements.lengths[member.row] as number, member.vr, characterSet);
    let end = text.start;
    while (end < text.end && text.bytes[end] !== BACKSLASH) end++;
    return text.bytes.toString('utf8', text.start, end).replace(/[ \0]+$/, '');
  }

  private numberOf(tag: number): number | undefined {
    const member = this.byTag.get(tag);
    if (member === undefined) return undefined;
    const { elements } = this.written;
    const kept = elements.kept[member.row] as number;
    const length = elements.lengths[member.row] as number;
    const width = member.vr === US ? 2 : 4;
    if ((member.vr !== US && member.vr !== UL) || kept === NOT_KEPT || length < width) return undefined;
    const bytes = this.file.kept;
    if (this.file.littleEndian) return bytes.readUIntLE(kept, width);
    return bytes.readUIntBE(kept, width);
  }
}

function isWanted(tag: number): boolean {
  return FACTS.has(tag) || REQUIRED.has(tag) || levelAttributesOf(tag).length > 0;
}

function missing(tag: number): ValidationProblem {
  return invalidAttribute(tag, `The required attribute '${tagText(tag)}' is missing.`);
}
