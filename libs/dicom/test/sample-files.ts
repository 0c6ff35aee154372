import { deflatedFile, EXPLICIT_BE, EXPLICIT_LE, explicitBe, explicitLe, file, imageElements, implicitLe, IMPLICIT_LE, J2K, JPEG, type Writer } from './build-file.js';

const uid = '1.2.826.0.1.3680043.8.498.1';

function identity(writer: Writer): Buffer {
  return Buffer.concat([
    writer.element(0x00080005, 'CS', 'ISO_IR 100'),
    writer.element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
    writer.element(0x00080018, 'UI', uid),
    writer.element(0x00080060, 'CS', 'OT'),
    writer.sequence(0x00081140, [writer.item(writer.element(0x00081155, 'UI', uid)), writer.item(writer.element(0x00081155, 'UI', uid), 'undefined')], 'undefined'),
    writer.element(0x00100010, 'PN', 'Sample^File'),
    writer.element(0x0020000d, 'UI', uid),
    writer.element(0x0020000e, 'UI', uid),
  ]);
}

function counting(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => index));
}

/** A codestream as far as the scanner looks: SOI … EOI, with a sequence delimiter inside. */
function jpegParts(parts: number): Buffer[] {
  const whole = Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0), counting(16 * parts - 14), Buffer.of(0xff, 0xd9)]);
  return Array.from({ length: parts }, (_, part) => whole.subarray(16 * part, 16 * part + 16));
}

function extendedOffsets(offsets: number[]): Buffer {
  return Buffer.from(BigUint64Array.from(offsets, BigInt).buffer);
}

const icon = explicitLe.sequence(0x00880200, [explicitLe.item(Buffer.concat([imageElements(explicitLe, 2, 2, 8), explicitLe.encapsulated([counting(4)])]))]);
const nested = explicitLe.sequence(0x0040a730, [explicitLe.item(explicitLe.sequence(0x0040a730, [explicitLe.item(explicitLe.element(0x0040a160, 'UT', 'deep'), 'undefined')], 'undefined'))]);
const unknownSequence = explicitLe.sequence(0x00091001, [implicitLe.item(implicitLe.element(0x00100020, 'LO', 'inside'), 'undefined')], 'undefined', 'UN');

/** One small file for each way in which the scanner goes. */
export const sampleFiles: Readonly<Record<string, Buffer>> = {
  'explicit LE': file(EXPLICIT_LE, identity(explicitLe), imageElements(explicitLe, 4, 4, 16), explicitLe.element(0x7fe00010, 'OW', counting(32)), explicitLe.element(0xfffcfffc, 'OB', Buffer.alloc(6))),
  'implicit LE': file(IMPLICIT_LE, identity(implicitLe), imageElements(implicitLe, 4, 4, 16), implicitLe.element(0x7fe00010, 'OW', counting(32))),
  'explicit BE': file(EXPLICIT_BE, identity(explicitBe), imageElements(explicitBe, 4, 4, 16), explicitBe.element(0x7fe00010, 'OW', counting(32))),
  'deflated': deflatedFile(identity(explicitLe), imageElements(explicitLe, 4, 4, 16), explicitLe.element(0x7fe00010, 'OW', counting(32))),
  'one-bit frames': file(EXPLICIT_LE, identity(explicitLe), imageElements(explicitLe, 3, 3, 1, 5), explicitLe.element(0x7fe00010, 'OB', counting(6))),
  'offset table': file(JPEG, identity(explicitLe), icon, imageElements(explicitLe, 4, 4, 8, 2), explicitLe.encapsulated([...jpegParts(2), ...jpegParts(3)], [0, 48])),
  'extended offset table': file(J2K, identity(explicitLe), imageElements(explicitLe, 4, 4, 8, 2), explicitLe.element(0x7fe00001, 'OV', extendedOffsets([0, 24])), explicitLe.encapsulated([counting(16), counting(8), counting(6)])),
  'no offset table': file(JPEG, identity(explicitLe), imageElements(explicitLe, 4, 4, 8, 3), explicitLe.encapsulated([...jpegParts(2), ...jpegParts(1), ...jpegParts(3)])),
  'sequences': file(EXPLICIT_LE, identity(explicitLe), nested, unknownSequence, icon, explicitLe.element(0x00091002, 'UN', counting(9)), explicitLe.element(0x00091003, 'UV', counting(16))),
  'bare data set': Buffer.concat([identity(implicitLe), imageElements(implicitLe, 4, 4, 8), implicitLe.element(0x7fe00010, 'OW', counting(16))]),
};
