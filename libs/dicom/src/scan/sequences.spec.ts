import { describe, it, expect } from '@jest/globals';
import { EXPLICIT_BE, EXPLICIT_LE, explicitBe, explicitLe, file, IMPLICIT_LE, implicitLe, type Writer } from '../../test/build-file.js';
import { keptValue, rowsOf, scanBytes } from '../../test/scan-bytes.js';

const code = (writer: Writer) => writer.element(0x00080100, 'SH', 'code');
const syntaxOf = (writer: Writer) => (writer === implicitLe ? IMPLICIT_LE : writer.little ? EXPLICIT_LE : EXPLICIT_BE);
const dataSet = async (bytes: Buffer) => rowsOf(await scanBytes(bytes)).filter((row) => !row.startsWith('0002'));

describe.each([['explicit LE', explicitLe], ['implicit LE', implicitLe], ['explicit BE', explicitBe]])('given sequences in %s', (_name, writer) => {
  const content = code(writer).length;

  it.each([['defined', 'defined'], ['defined', 'undefined'], ['undefined', 'defined'], ['undefined', 'undefined']] as const)('reads a %s length with %s items', async (outer, inner) => {
    const sequence = writer.sequence(0x00082218, [writer.item(code(writer), inner), writer.item(Buffer.alloc(0), inner)], outer);
    const extra = inner === 'undefined' ? 16 : 0;
    expect(await dataSet(file(syntaxOf(writer), sequence, code(writer)))).toEqual([
      `00082218 SQ ${content + 16 + extra}`, ` fffee000 item ${content}`, '  00080100 SH 4', ' fffee000 item 0', '00080100 SH 4',
    ]);
  });

  it('links each row to its next sibling', async () => {
    const inner = writer.sequence(0x00081140, [writer.item(code(writer))]);
    const found = await scanBytes(file(syntaxOf(writer), writer.sequence(0x00082218, [writer.item(inner), writer.item(code(writer), 'undefined')], 'undefined'), code(writer)));
    const { elements } = found;
    const first = 3;
    expect([...elements.ends.subarray(first, elements.count)].map((end) => end - first)).toEqual([7, 5, 5, 5, 5, 7, 7, 8]);
  });

  it('reads empty sequences', async () => {
    expect(await dataSet(file(syntaxOf(writer), writer.sequence(0x00082218, []), writer.sequence(0x00081140, [], 'undefined'), code(writer)))).toEqual(['00082218 SQ 0', '00081140 SQ 0', '00080100 SH 4']);
  });
});

describe('given a sequence in the File Meta', () => {
  it('reads it, and the data set behind it in its own encoding', async () => {
    const odd = explicitLe.sequence(0x00020102, [explicitLe.item(explicitLe.element(0x00020010, 'UI', '1.2'), 'undefined')], 'undefined');
    const found = await scanBytes(Buffer.concat([file(EXPLICIT_BE), odd, code(explicitBe)]));
    expect(found).toMatchObject({ transferSyntaxUid: EXPLICIT_BE, littleEndian: false });
    expect(rowsOf(found).at(-1)).toBe('00080100 SH 4');
  });
});

describe('given UN', () => {
  it.each([['LE', explicitLe, EXPLICIT_LE], ['BE', explicitBe, EXPLICIT_BE]])('reads one of undefined length as implicit VR in explicit %s, and explicit behind it', async (_name, writer, syntax) => {
    const inside = Buffer.concat([implicitLe.element(0x00280010, 'US', [512]), implicitLe.element(0x00091001, 'UN', 'priv')]);
    // The outer headers are in the file's byte order, items and delimiters inside in little endian (PS3.5 §6.2.2).
    const sequence = Buffer.concat([writer.header(0x00091010, 'UN', 0xffffffff), implicitLe.item(inside, 'undefined'), implicitLe.sequenceDelimiter()]);
    const found = await scanBytes(file(syntax, sequence, writer.element(0x00100020, 'LO', 'id')));
    expect(rowsOf(found).slice(3)).toEqual(['00091010 SQ 38', ' fffee000 item 22', '  00280010 US 2', '  00091001 UN 4', '00100020 LO 2']);
    const rows = keptValue(found, 0x00280010)!;
    expect(found.littleEndian ? rows.readUInt16LE() : rows.readUInt16BE()).toBe(512);
  });

  it('leaves one of defined length alone', async () => {
    const sequence = explicitLe.sequence(0x00091010, [implicitLe.item(code(implicitLe))], 'defined', 'UN');
    expect(await dataSet(file(EXPLICIT_LE, sequence))).toEqual(['00091010 UN 20']);
  });

  it('reads a private sequence of implicit VR by its undefined length', async () => {
    expect(await dataSet(file(IMPLICIT_LE, implicitLe.element(0x00080060, 'CS', 'CT'), implicitLe.sequence(0x00091010, [implicitLe.item(code(implicitLe), 'undefined')], 'undefined')))).toEqual([
      '00080060 CS 2', '00091010 SQ 28', ' fffee000 item 12', '  00080100 SH 4',
    ]);
  });
});

describe('given a sequence that contradicts itself', () => {
  const item = explicitLe.item(code(explicitLe));

  it.each([
    ['an element longer than its item', explicitLe.sequence(0x00082218, [explicitLe.item(explicitLe.element(0x00080100, 'SH', 'code', 40))]), 'malformed'],
    ['an item longer than its sequence', explicitLe.sequence(0x00082218, [Buffer.concat([explicitLe.bare(0xfffee000, 400), code(explicitLe)])]), 'malformed'],
    ['a header across the end of its item', Buffer.concat([explicitLe.sequence(0x00082218, [explicitLe.item(Buffer.alloc(3, 0x41))]), Buffer.alloc(20, 0x41)]), 'malformed'],
    ['no item', explicitLe.sequence(0x00082218, [code(explicitLe)]), 'malformed'],
    ['a delimiter at the root', explicitLe.bare(0xfffee00d, 0), 'malformed'],
    ['an item without its delimiter', explicitLe.sequence(0x00082218, [Buffer.concat([explicitLe.bare(0xfffee000, 0xffffffff), code(explicitLe)])], 'undefined'), 'malformed'],
    ['an undefined length of a text', Buffer.concat([explicitLe.header(0x00082218, 'UT', 0xffffffff), item]), 'malformed'],
    ['no delimiter', Buffer.concat([explicitLe.header(0x00082218, 'SQ', 0xffffffff), item]), 'truncated'],
    ['a length past the end', Buffer.concat([explicitLe.header(0x00082218, 'SQ', 400), item]), 'truncated'],
  ])('refuses %s', async (_what, bytes, expected) => {
    await expect(scanBytes(file(EXPLICIT_LE, code(explicitLe), bytes))).rejects.toMatchObject({ name: 'DicomParseError', code: expected });
  });

  it('passes over delimiters beside defined lengths', async () => {
    const sequence = explicitLe.sequence(0x00082218, [item, explicitLe.bare(0xfffee00d, 0), explicitLe.sequenceDelimiter()]);
    expect(await dataSet(file(EXPLICIT_LE, sequence, code(explicitLe)))).toEqual(['00082218 SQ 36', ' fffee000 item 12', '  00080100 SH 4', '00080100 SH 4']);
  });
});

describe('given limits', () => {
  const deep = (levels: number): Buffer => (levels === 0 ? code(explicitLe) : explicitLe.sequence(0x0040a730, [explicitLe.item(deep(levels - 1))]));

  it('reads sequences as deep as allowed and no deeper', async () => {
    await expect(scanBytes(file(EXPLICIT_LE, code(explicitLe), deep(64)))).resolves.toBeDefined();
    await expect(scanBytes(file(EXPLICIT_LE, code(explicitLe), deep(65)))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('stops at the number of elements', async () => {
    const many = Buffer.concat(Array.from({ length: 100 }, () => explicitLe.element(0x00080100, 'SH')));
    await expect(scanBytes(file(EXPLICIT_LE, many), undefined, { elements: 50 })).rejects.toMatchObject({ code: 'limit-exceeded', tag: 0x00080100 });
    const items = explicitLe.sequence(0x00082218, Array.from({ length: 100 }, () => explicitLe.item(Buffer.alloc(0))));
    await expect(scanBytes(file(EXPLICIT_LE, items), undefined, { elements: 50 })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('stops at the bytes of kept values', async () => {
    const texts = Buffer.concat(Array.from({ length: 10 }, () => explicitLe.element(0x00080100, 'UT', 'x'.repeat(1000))));
    await expect(scanBytes(file(EXPLICIT_LE, texts), undefined, { headerBytes: 5000 })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('refuses limits that make no sense', async () => {
    await expect(scanBytes(Buffer.alloc(1), undefined, { depth: 500 })).rejects.toThrow(RangeError);
    await expect(scanBytes(Buffer.alloc(1), undefined, { elements: -1 })).rejects.toThrow(RangeError);
  });
});
