import { deflateRawSync, gzipSync } from 'node:zlib';
import { identityOf, secondaryCapture, smallInstance } from '../http/small-instance.js';
import { element, elementHead, encapsulatedStart, itemHead, part10Head, sequenceEnd, transferSyntax, us } from '../support/dicom-writer.js';
import { type Identity } from '../support/synthetic-instance.js';

/** What an uploader may get for it: stored, or refused as not valid. */
export type Fate = 'stored' | 'refused' | 'either';

export interface HostileInstance {
  readonly name: string;
  readonly fate: Fate;
  readonly of: Identity;
  readonly bytes: Buffer;
}

const MB = 1024 ** 2;
const undefinedLength = 0xffffffff;
const deflated = '1.2.840.10008.1.2.1.99';
const rle = '1.2.840.10008.1.2.5';

const hostile = (name: string, fate: Fate, make: (of: Identity) => Buffer): HostileInstance => {
  const of = identityOf('hostile', 'series', name);
  return { name, fate, of, bytes: make(of) };
};

/** An element whose head says another length than its value has. */
const forged = (tag: number, vr: string, length: number, value = Buffer.alloc(8)): Buffer => Buffer.concat([elementHead(tag, vr, length), value]);

const inSyntax = (of: Identity, syntax: string, dataSet: Buffer): Buffer => Buffer.concat([part10Head(secondaryCapture, of.sopInstanceUid, syntax), dataSet]);
const dataSetOf = (of: Identity, ...more: Buffer[]): Buffer => {
  const whole = smallInstance(of, { with: more });
  return whole.subarray(part10Head(secondaryCapture, of.sopInstanceUid, transferSyntax.explicitLittleEndian).length);
};

/** Sequences in sequences; each level an undefined-length sequence with an undefined-length item. */
const nested = (depth: number, closed: boolean): Buffer => {
  const open = Buffer.concat([elementHead(0x0040a730, 'SQ', undefinedLength), itemHead(undefinedLength)]);
  const close = Buffer.from('feff0de000000000feffdde000000000', 'hex');
  return Buffer.concat([...Array.from({ length: depth }, () => open), ...(closed ? Array.from({ length: depth }, () => close) : [])]);
};

const encapsulated = (of: Identity, ...pieces: Buffer[]): Buffer => inSyntax(of, rle, Buffer.concat([dataSetOf(of, element(0x00280010, 'US', us(64)), element(0x00280011, 'US', us(64))).subarray(0, -28), encapsulatedStart, ...pieces]));
const item = (bytes: Buffer): Buffer => Buffer.concat([itemHead(bytes.length), bytes]);

/** Item 16 of what real clients send, and more: each is a whole part of a request. */
export const hostileInstances: readonly HostileInstance[] = [
  hostile('a deflated data set that inflates a thousandfold', 'either', (of) => inSyntax(of, deflated, deflateRawSync(Buffer.concat([dataSetOf(of).subarray(0, -28), element(0x7fe00010, 'OW', Buffer.alloc(150 * MB))])))),
  hostile('a deflated header that inflates a thousandfold', 'either', (of) => inSyntax(of, deflated, deflateRawSync(Buffer.concat([dataSetOf(of).subarray(0, -28), element(0x00204000, 'UT', Buffer.alloc(150 * MB, 0x20))])))),
  hostile('a deflated data set that is cut', 'refused', (of) => { const whole = inSyntax(of, deflated, deflateRawSync(dataSetOf(of))); return whole.subarray(0, whole.length - 20); }),
  hostile('a deflated data set that is no deflate stream', 'refused', (of) => inSyntax(of, deflated, dataSetOf(of))),
  hostile('a file in gzip', 'refused', (of) => gzipSync(smallInstance(of))),
  hostile('a text of 2 GB in its head', 'refused', (of) => smallInstance(of, { with: [forged(0x00204000, 'UT', 0x7ffffff0)] })),
  hostile('a text of 4 GB in its head', 'refused', (of) => smallInstance(of, { with: [forged(0x00204000, 'UT', 0xfffffffe)] })),
  hostile('a text of undefined length', 'refused', (of) => smallInstance(of, { with: [forged(0x00204000, 'UT', undefinedLength)] })),
  hostile('pixels of 4 GB in their head', 'refused', (of) => smallInstance(of, { with: [forged(0x7fe00010, 'OW', 0xfffffffe)] })),
  hostile('a sequence longer than the file', 'refused', (of) => smallInstance(of, { with: [forged(0x0040a730, 'SQ', 0x00ffffff)] })),
  hostile('an item longer than its sequence', 'refused', (of) => smallInstance(of, { with: [Buffer.concat([elementHead(0x0040a730, 'SQ', 16), itemHead(1000), Buffer.alloc(8)])] })),
  hostile('a file meta information of 4 GB in its head', 'either', (of) => { const bytes = smallInstance(of); bytes.writeUInt32LE(0xffffffff, 140); return bytes; }),
  hostile('dimensions that overflow', 'stored', (of) => smallInstance(of, { with: [element(0x00280002, 'US', us(0xffff)), element(0x00280008, 'IS', '2147483647'), element(0x00280010, 'US', us(0xffff)), element(0x00280011, 'US', us(0xffff)), element(0x00280100, 'US', us(0xffff))] })),
  hostile('no dimensions', 'stored', (of) => smallInstance(of, { with: [element(0x00280010, 'US', us(0)), element(0x00280011, 'US', us(0)), element(0x00280100, 'US', us(0))] })),
  hostile('a negative number of frames', 'stored', (of) => smallInstance(of, { with: [element(0x00280008, 'IS', '-3')] })),
  hostile('RLE segments that end early', 'stored', (of) => encapsulated(of, item(Buffer.concat([Buffer.from('0100000040000000', 'hex'), Buffer.alloc(8)])), sequenceEnd)),
  hostile('a JPEG that ends early', 'stored', (of) => encapsulated(of, item(Buffer.from('ffd8ffe000104a46', 'hex')), sequenceEnd)),
  hostile('an offset table that points outside', 'stored', (of) => inSyntax(of, rle, Buffer.concat([
    dataSetOf(of, element(0x00280008, 'IS', '3')).subarray(0, -28), elementHead(0x7fe00010, 'OB', undefinedLength), itemHead(12), Buffer.from('00000000f0fffffffeffffff', 'hex'), item(Buffer.alloc(64)), sequenceEnd,
  ]))),
  hostile('fragments without an end', 'refused', (of) => encapsulated(of, item(Buffer.alloc(64)))),
  hostile('a fragment of 4 GB in its head', 'refused', (of) => encapsulated(of, itemHead(0xfffffffe), Buffer.alloc(64))),
  hostile('100,000 empty fragments', 'either', (of) => encapsulated(of, ...Array.from({ length: 100_000 }, () => itemHead(0)), sequenceEnd)),
  hostile('sequences nested 10,000 deep', 'refused', (of) => smallInstance(of, { with: [nested(10_000, true)] })),
  hostile('sequences nested 10,000 deep that never end', 'refused', (of) => smallInstance(of, { with: [nested(10_000, false)] })),
  hostile('a sequence of 200,000 empty items', 'either', (of) => smallInstance(of, { with: [Buffer.concat([elementHead(0x0040a730, 'SQ', 8 * 200_000), ...Array.from({ length: 200_000 }, () => itemHead(0))])] })),
  hostile('a value of 100,000 backslashes', 'either', (of) => smallInstance(of, { with: [element(0x00204000, 'UT', '\\'.repeat(100_000)), element(0x00181020, 'LO', '\\'.repeat(60_000)), element(0x00280030, 'DS', '1\\'.repeat(30_000))] })),
  hostile('a name of 60,000 characters', 'either', (of) => smallInstance(of, { with: [element(0x00100010, 'PN', 'x ^=\\'.repeat(12_000))] })),
  hostile('a UID that is a path', 'refused', (of) => smallInstance(of, { with: [element(0x0020000e, 'UI', '../../../../tmp/x')] })),
  hostile('a UID of two full stops', 'refused', (of) => smallInstance(of, { with: [element(0x0020000e, 'UI', '..')] })),
  hostile('UIDs of several values', 'refused', (of) => smallInstance(of, { with: [element(0x0020000e, 'UI', `${of.seriesInstanceUid}\\1.2.3`)] })),
  hostile('a null in a UID', 'refused', (of) => smallInstance(of, { with: [element(0x0020000e, 'UI', '1.2\u00003.4')] })),
  hostile('character sets that are none', 'either', (of) => smallInstance(of, { with: [element(0x00080005, 'CS', 'ISO 2022 IR 87\\\\x\\ISO_IR 9999\\GB18030'), element(0x00100010, 'PN', Buffer.from('1b2442ff00ff1b', 'hex').toString('latin1'))] })),
];
