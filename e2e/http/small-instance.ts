import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bigEndianElement, element, implicitElement, part10Head, transferSyntax, us } from '../support/dicom-writer.js';
import { workspaceRoot } from '../support/workspace.js';
import { type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';

export const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

/** Other UIDs for other words. Instances of one series share the first two words. */
export const identityOf = (study: string, series = 'series', sop = 'sop'): Identity => ({
  studyInstanceUid: uidOf(study), seriesInstanceUid: uidOf(study, series), sopInstanceUid: uidOf(study, series, sop),
});

export interface Shape {
  /** Elements that are added, or that stand in place of those of the same tag. */
  readonly with?: readonly Buffer[];
  readonly without?: readonly number[];
  /** Of the file meta information, where it is to differ from the data set. */
  readonly metaSopClassUid?: string;
  /** Of the file meta information; Explicit VR Little Endian if it is left out. */
  readonly transferSyntaxUid?: string;
  /** Whether it is Implicit VR Little Endian. */
  readonly implicit?: boolean;
  /** Whether it is Explicit VR Big Endian. */
  readonly bigEndian?: boolean;
  /** What stands in the first 128 bytes instead of zeros. */
  readonly preamble?: string;
}

/** A Secondary Capture of 4 x 4 pixels in Explicit VR Little Endian unless it is to be implicit, a kilobyte in all. */
export const smallInstance = (of: Identity, shape: Shape = {}): Buffer => {
  const elements = new Map([...standardElements(of), ...(shape.with ?? [])].map((bytes) => [tagOf(bytes), bytes]));
  for (const tag of shape.without ?? []) elements.delete(tag);
  const head = part10Head(shape.metaSopClassUid ?? secondaryCapture, of.sopInstanceUid, shape.transferSyntaxUid ?? transferSyntax[shape.bigEndian ? 'explicitBigEndian' : shape.implicit ? 'implicitLittleEndian' : 'explicitLittleEndian']);
  head.write(shape.preamble ?? '', 0, 128, 'latin1');
  return Buffer.concat([head, ...[...elements].sort(([a], [b]) => a - b).map(([, bytes]) => (shape.bigEndian ? bigEndianElement(bytes) : shape.implicit ? implicitElement(bytes) : bytes))]);
};

const tagOf = (bytes: Buffer): number => bytes.readUInt16LE(0) * 0x10000 + bytes.readUInt16LE(2);

const standardElements = (of: Identity): Buffer[] => [
  element(0x00080005, 'CS', 'ISO_IR 192'),
  element(0x00080016, 'UI', secondaryCapture),
  element(0x00080018, 'UI', of.sopInstanceUid),
  element(0x00080020, 'DA', of.studyDate ?? '20260102'),
  element(0x00080050, 'SH', of.accessionNumber ?? 'A1'),
  element(0x00080060, 'CS', 'OT'),
  element(0x00080090, 'PN', 'Referring^Rita'),
  element(0x00081030, 'LO', 'Small study'),
  element(0x00081090, 'LO', 'Generator'),
  element(0x00100010, 'PN', of.patientName ?? 'Doe^Jane'),
  element(0x00100020, 'LO', of.patientId ?? 'P1'),
  element(0x00100030, 'DA', '19700101'),
  element(0x0020000d, 'UI', of.studyInstanceUid),
  element(0x0020000e, 'UI', of.seriesInstanceUid),
  element(0x00200013, 'IS', String(of.instanceNumber ?? 1)),
  element(0x00280002, 'US', us(1)),
  element(0x00280004, 'CS', 'MONOCHROME2'),
  element(0x00280010, 'US', us(4)),
  element(0x00280011, 'US', us(4)),
  element(0x00280100, 'US', us(8)),
  element(0x00280101, 'US', us(8)),
  element(0x00280102, 'US', us(7)),
  element(0x00280103, 'US', us(0)),
  element(0x7fe00010, 'OW', Buffer.from(Array.from({ length: 16 }, (_none, at) => at * 16))),
];

/** One of the files in libs/dicom/test/fixtures. */
export const fixture = (path: string): Buffer => readFileSync(join(workspaceRoot, 'libs/dicom/test/fixtures', path));

export interface FixtureFacts {
  readonly path: string;
  readonly transfer_syntax: string;
  readonly study_uid: string;
  readonly series_uid: string;
  readonly sop_uid: string;
  readonly frame_sha256?: readonly string[];
}

/** What the list of fixtures says about one. */
export const factsOf = (path: string): FixtureFacts => {
  const { files } = JSON.parse(fixture('MANIFEST.json').toString()) as { files: FixtureFacts[] };
  const found = files.find((file) => file.path === path);
  if (!found) throw new Error(`There is no fixture ${path}.`);
  return found;
};

export const identityOfFixture = (path: string): Identity => {
  const facts = factsOf(path);
  return { studyInstanceUid: facts.study_uid, seriesInstanceUid: facts.series_uid, sopInstanceUid: facts.sop_uid };
};
