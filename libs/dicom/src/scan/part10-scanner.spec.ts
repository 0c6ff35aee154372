import { describe, it, expect } from '@jest/globals';
import { deflateRawSync } from 'node:zlib';
import { deflatedFile, DEFLATED, EXPLICIT_BE, EXPLICIT_LE, explicitBe, explicitLe, file, fileMeta, IMPLICIT_LE, implicitLe, JPEG, preamble, type Writer } from '../../test/build-file.js';
import { sampleFiles } from '../../test/sample-files.js';
import { keptValue, rowsOf, scanBytes, summary } from '../../test/scan-bytes.js';
import { Part10Scanner } from './part10-scanner.js';

const modality = (writer: Writer = explicitLe) => writer.element(0x00080060, 'CS', 'CT');
const pixels = (writer: Writer = explicitLe) => writer.element(0x7fe00010, 'OW', Buffer.from('pixels'));
const dataSetRows = async (bytes: Buffer) => rowsOf(await scanBytes(bytes)).filter((row) => !row.startsWith('0002'));

describe('given any chunks, the result is the same', () => {
  it.each(Object.entries(sampleFiles))('%s', async (_name, bytes) => {
    const whole = summary(await scanBytes(bytes));
    for (const sizes of [[1], [2], [3, 1, 8], [7], [11, 13], [131], [133]]) expect(summary(await scanBytes(bytes, sizes))).toEqual(whole);
  });
});

describe('given a deflated file, only then push is asynchronous', () => {
  it('gives no promise for other files', () => {
    const scanner = new Part10Scanner();
    expect(scanner.push(sampleFiles['explicit LE']!)).toBeUndefined();
    expect(scanner.end()).not.toBeInstanceOf(Promise);
  });

  it('counts offsets in the file with its data set inflated', async () => {
    const found = await scanBytes(deflatedFile(modality(), pixels()));
    const plain = await scanBytes(file(EXPLICIT_LE, modality(), pixels()));
    expect(found.deflated).toBe(true);
    expect(found.pixelData?.offset).toBe(plain.pixelData!.offset + DEFLATED.length - EXPLICIT_LE.length - 1);
    expect(keptValue(found, 0x00080060)?.toString()).toBe('CT');
  });

  it.each([['right', undefined], ['missing', null], ['wrong', 4]])('finds its begin with a %s group length', async (_what, length) => {
    const bytes = Buffer.concat([preamble, fileMeta(DEFLATED, length), deflateRawSync(Buffer.concat([modality(), pixels()]))]);
    for (const sizes of [[1], [bytes.length]]) expect((await scanBytes(bytes, sizes)).pixelData?.length).toBe(6);
  });

  it('ignores the pad byte behind the stream', async () => {
    expect((await scanBytes(Buffer.concat([deflatedFile(modality()), Buffer.alloc(1)]), [1])).elements.count).toBe(4);
  });

  it('says that it is cut off', async () => {
    const bytes = deflatedFile(modality(), pixels());
    await expect(scanBytes(bytes.subarray(0, -3))).rejects.toMatchObject({ code: 'truncated' });
  });

  it('says that it cannot be inflated', async () => {
    await expect(scanBytes(file(DEFLATED, Buffer.from('no deflated data')))).rejects.toMatchObject({ name: 'DicomParseError', code: 'malformed' });
  });

  it('stops at the limit of inflated bytes', async () => {
    const bytes = deflatedFile(explicitLe.element(0x7fe00010, 'OB', Buffer.alloc(1_000_000)));
    await expect(scanBytes(bytes, undefined, { inflatedBytes: 500_000 })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('gives a data set whose frames are deflated as encapsulated, not inflated', async () => {
    const found = await scanBytes(file('1.2.840.10008.1.2.8.1', modality(), explicitLe.encapsulated([Buffer.alloc(8)])));
    expect(found).toMatchObject({ deflated: false, pixelData: { encapsulated: true } });
  });
});

describe('given a file that begins oddly', () => {
  const dataSet = Buffer.concat([modality(), pixels()]);

  it.each([
    ['preamble', Buffer.concat([preamble, fileMeta(EXPLICIT_LE), dataSet]), true, true],
    ['prefix only', Buffer.concat([Buffer.from('DICM'), fileMeta(EXPLICIT_LE), dataSet]), false, true],
    ['group 0002', Buffer.concat([fileMeta(EXPLICIT_LE), dataSet]), false, true],
    ['data set', dataSet, false, false],
    ['preamble, then data set', Buffer.concat([preamble, dataSet]), true, false],
  ])('reads one that begins with %s', async (_what, bytes, hasPreamble, hasFileMeta) => {
    const found = await scanBytes(bytes);
    expect(found).toMatchObject({ hasPreamble, hasFileMeta, explicitVr: true, littleEndian: true, size: bytes.length });
    expect(found.pixelData?.offset).toBe(bytes.length - 6);
  });

  it.each([['missing', null], ['too small', 2], ['too large', 4000]])('reads File Meta whose group length is %s', async (_what, length) => {
    expect((await scanBytes(Buffer.concat([preamble, fileMeta(EXPLICIT_LE, length), dataSet]))).transferSyntaxUid).toBe(EXPLICIT_LE);
  });

  it.each([
    ['explicit LE', explicitLe, true, true],
    ['explicit BE', explicitBe, true, false],
    ['implicit LE', implicitLe, false, true],
  ])('guesses %s when nothing declares it', async (_what, writer, explicitVr, littleEndian) => {
    for (const head of [Buffer.alloc(0), Buffer.concat([preamble, fileMeta('')])]) {
      expect(await scanBytes(Buffer.concat([head, modality(writer), pixels(writer)]))).toMatchObject({ transferSyntaxUid: '', explicitVr, littleEndian, pixelData: { length: 6 } });
    }
  });

  it.each([
    ['explicit LE', 'implicit LE', EXPLICIT_LE, implicitLe],
    ['implicit LE', 'explicit LE', IMPLICIT_LE, explicitLe],
    ['implicit LE', 'explicit BE', IMPLICIT_LE, explicitBe],
    ['explicit LE', 'explicit BE', EXPLICIT_LE, explicitBe],
    ['explicit BE', 'explicit LE', EXPLICIT_BE, explicitLe],
    ['JPEG', 'implicit LE', JPEG, implicitLe],
  ])('reads one that declares %s and is %s', async (_declared, _is, syntax, writer) => {
    const found = await scanBytes(file(syntax, modality(writer), pixels(writer)));
    expect(found).toMatchObject({ explicitVr: writer.explicit, littleEndian: writer.little, pixelData: { length: 6 } });
  });

  it('keeps to the declared byte order where groups only look swapped', async () => {
    const found = await scanBytes(file(EXPLICIT_LE, explicitLe.element(0x20000010, 'IS', '1'), explicitLe.element(0x20000020, 'CS', 'HIGH')));
    expect(found.littleEndian).toBe(true);
  });

  it('reads File Meta in implicit VR', async () => {
    const meta = implicitLe.element(0x00020010, 'UI', EXPLICIT_LE);
    expect(await scanBytes(Buffer.concat([preamble, meta, dataSet]))).toMatchObject({ transferSyntaxUid: EXPLICIT_LE, pixelData: { length: 6 } });
  });

  it('reads private group 0001 behind the File Meta', async () => {
    expect((await dataSetRows(file(EXPLICIT_LE, explicitLe.element(0x00010010, 'LO', 'odd'), dataSet)))[0]).toBe('00010010 LO 4');
  });
});

describe('given odd elements', () => {
  it('reads odd lengths, unknown VRs and 64-bit VRs', async () => {
    const future = Buffer.concat([explicitLe.header(0x00091004, 'UN', 4), Buffer.from('abcd')]);
    future.write('ZZ', 4);
    const questionMarks = Buffer.concat([explicitLe.header(0x00091005, 'LO', 3), Buffer.from('abc')]);
    questionMarks.write('??', 4);
    const rows = await dataSetRows(file(EXPLICIT_LE, explicitLe.element(0x00091001, 'OV', Buffer.alloc(8)), explicitLe.element(0x00091002, 'SV', Buffer.alloc(8)), explicitLe.element(0x00091003, 'UV', Buffer.alloc(8)), future, questionMarks, modality()));
    expect(rows).toEqual(['00091001 OV 8', '00091002 SV 8', '00091003 UV 8', '00091004 ZZ 4', '00091005 UN 3', '00080060 CS 2']);
  });

  it('goes on behind Pixel Data', async () => {
    const rows = await dataSetRows(file(EXPLICIT_LE, pixels(), explicitLe.element(0x7fe11010, 'OB', Buffer.alloc(2)), explicitLe.element(0xfffcfffc, 'OB', Buffer.alloc(4))));
    expect(rows).toEqual(['7fe00010 OW 6', '7fe11010 OB 2', 'fffcfffc OB 4']);
  });

  it.each([1, 7, 8, 9, 100])('takes %i zeros at the end for padding', async (zeros) => {
    for (const writer of [explicitLe, implicitLe]) {
      const bytes = file(writer.explicit ? EXPLICIT_LE : IMPLICIT_LE, modality(writer), Buffer.alloc(zeros));
      for (const sizes of [[1], [bytes.length]]) expect(rowsOf(await scanBytes(bytes, sizes)).at(-1)).toBe('00080060 CS 2');
    }
  });

  it('refuses bytes behind such zeros', async () => {
    await expect(scanBytes(file(EXPLICIT_LE, modality(), Buffer.alloc(16), Buffer.of(1)))).rejects.toMatchObject({ code: 'malformed' });
  });

  it('knows values above the limit by their range only', async () => {
    const long = explicitLe.element(0x00420011, 'OB', Buffer.alloc(65_538, 1));
    const bytes = file(EXPLICIT_LE, long, explicitLe.element(0x00420012, 'LO', 'text'));
    const found = await scanBytes(bytes);
    const row = found.elements.count - 2;
    expect(found.elements.kept[row]).toBe(-1);
    expect(bytes[found.elements.valueOffsets[row]!]).toBe(1);
    expect(found.elements.lengths[row]).toBe(65_538);
    expect(keptValue(found, 0x00420012)?.toString()).toBe('text');
    expect(found.kept.length).toBeLessThan(200);
  });
});

describe('given the stream as it comes', () => {
  it('tells the transfer syntax and the begin of Pixel Data early', () => {
    const bytes = file(JPEG, modality(), explicitLe.encapsulated([Buffer.alloc(100)]));
    const scanner = new Part10Scanner();
    void scanner.push(bytes.subarray(0, 200));
    expect([scanner.transferSyntaxUid, scanner.pixelDataBegun]).toEqual([JPEG, false]);
    void scanner.push(bytes.subarray(200, -50));
    expect(scanner.pixelDataBegun).toBe(true);
  });

  it('neither holds nor copies pixel bytes', () => {
    const scanner = new Part10Scanner();
    void scanner.push(file(EXPLICIT_LE, explicitLe.header(0x7fe00010, 'OW', 0x40000000)));
    const chunk = Buffer.alloc(2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 1024; i++) void scanner.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(scanner.end()).toMatchObject({ size: 2 ** 30 + 132 + fileMeta(EXPLICIT_LE).length + 12 });
  });

  it('gives the same error again', () => {
    const scanner = new Part10Scanner();
    const push = () => scanner.push(Buffer.alloc(500, 'x'));
    expect(push).toThrow('neither File Meta');
    expect(push).toThrow('neither File Meta');
    expect(() => scanner.end()).toThrow('neither File Meta');
  });

  it('reads one file only', () => {
    const scanner = new Part10Scanner();
    void scanner.push(sampleFiles['explicit LE']!);
    void scanner.end();
    expect(() => scanner.push(Buffer.alloc(1))).toThrow('reads one file');
  });
});
