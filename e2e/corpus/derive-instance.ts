import dicomParser from 'dicom-parser';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { uidOf } from '../support/uid.js';
import { type CorpusFile } from './manifest.js';
import { deflated, isBigEndian, isImplicit } from './transfer-syntax.js';

/** What makes a file storable next to the others: new UIDs for some of its elements, by tag. */
export type NewUids = ReadonlyMap<number, string>;

const SOP = 0x00080018;
const STUDY = 0x0020000d;
const SERIES = 0x0020000e;

/** UIDs that the file has to be given: those that it lacks, and its SOP Instance UID when an earlier file has the same. */
export const newUidsOf = (file: CorpusFile, taken: ReadonlySet<string>): NewUids => {
  const fresh = new Map<number, string>();
  const uids = [[0x00080016, file.sop_class], [SOP, file.sop_uid], [STUDY, file.study_uid], [SERIES, file.series_uid]] as const;
  for (const [tag, uid] of uids) {
    if (uid === null || uid === undefined) fresh.set(tag, tag === 0x00080016 ? '1.2.840.10008.5.1.4.1.1.66' : uidOf('corpus', file.path, tag));
  }
  if (file.sop_uid && taken.has(file.sop_uid)) fresh.set(SOP, sameLength(file.sop_uid, file.path));
  return fresh;
};

/** As long as the old one, so that it can stand in its place. */
const sameLength = (old: string, path: string): string => {
  const digits = uidOf('corpus', path).slice('2.25.'.length).repeat(2);
  if (old.length < 12) throw new Error(`The UID ${old} is too short for another one in its place.`);
  return `2.25.${digits.slice(0, old.length - '2.25.'.length)}`;
};

/** A copy with the UIDs. Throws when the file cannot be taken apart. */
export const deriveInstance = (bytes: Buffer, file: CorpusFile, uids: NewUids): Buffer => {
  if (file.transfer_syntax !== deflated) return withUids(bytes, file, uids);
  // Behind (0002,0000), which says how long the rest of the file meta information is.
  const position = 144 + bytes.readUInt32LE(140);
  const inflated = Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]);
  const derived = withUids(inflated, { ...file, transfer_syntax: '1.2.840.10008.1.2.1' }, uids);
  return Buffer.concat([derived.subarray(0, position), deflateRawSync(derived.subarray(position))]);
};

const withUids = (bytes: Buffer, file: CorpusFile, uids: NewUids): Buffer => {
  let derived: Buffer = Buffer.from(bytes);
  for (const [tag, uid] of uids) {
    if (tag === SOP && file.sop_uid) replaceText(derived, file.sop_uid, uid);
    else derived = insertUid(derived, file.transfer_syntax ?? '', tag, uid);
  }
  return derived;
};

/** Everywhere: in the file meta information, the data set, and what refers to the instance itself. */
const replaceText = (bytes: Buffer, old: string, uid: string): void => {
  const goesOn = (at: number): boolean => /[0-9.]/.test(bytes.toString('latin1', at, at + 1));
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) if (!goesOn(at + old.length)) bytes.write(uid, at, 'latin1');
};

/** In the place that the order of tags gives it, instead of an empty one. */
const insertUid = (bytes: Buffer, syntax: string, tag: number, uid: string): Buffer => {
  const { elements } = parse(bytes, syntax);
  const places = Object.values(elements).map((element) => ({
    tag: Number(`0x${element.tag.slice(1)}`), start: startOf(element, syntax), end: element.dataOffset + element.length,
  })).sort((a, b) => a.start - b.start);
  const next = places.find((place) => place.tag >= tag);
  const at = next?.start ?? bytes.length;
  const behind = next?.tag === tag ? next.end : at;
  return Buffer.concat([bytes.subarray(0, at), uidElement(syntax, tag, uid), bytes.subarray(behind)]);
};

const parse = (bytes: Buffer, syntax: string): dicomParser.DataSet => {
  try {
    return dicomParser.parseDicom(bytes, syntax === '' ? {} : { TransferSyntaxUID: syntax });
  } catch (error) {
    // It throws text, or an object with text and the data set in it.
    const { exception = error } = error as { exception?: unknown };
    throw new Error(`dicom-parser cannot take it apart: ${String(exception)}`, { cause: error });
  }
};

const longForm = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

const startOf = ({ tag, vr, dataOffset }: dicomParser.Element, syntax: string): number => {
  const explicit = tag.startsWith('x0002') || !isImplicit(syntax);
  return dataOffset - (explicit && longForm.has(vr ?? '') ? 12 : 8);
};

const uidElement = (syntax: string, tag: number, uid: string): Buffer => {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1');
  const head = Buffer.alloc(8);
  const big = isBigEndian(syntax);
  const write16 = (number: number, at: number): number => (big ? head.writeUInt16BE(number, at) : head.writeUInt16LE(number, at));
  write16(tag >>> 16, 0);
  write16(tag & 0xffff, 2);
  if (isImplicit(syntax)) head.writeUInt32LE(value.length, 4);
  else {
    head.write('UI', 4, 'latin1');
    write16(value.length, 6);
  }
  return Buffer.concat([head, value]);
};
