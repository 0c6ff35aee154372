import { describe, expect, it } from '@jest/globals';

import { type Element, scannedFile } from '../../test/golden/scanned-file.js';
import { type ScannedFile } from '../element-table.js';
import { azureView, webView } from './json-marks.js';
import { writeMetadata } from './write-metadata.js';

const full = (elements: readonly Element[], facts: Partial<ScannedFile> = {}): string => writeMetadata(scannedFile(elements, facts)).json.toString('utf8');
const valueOf = (vr: string, value: string | Buffer, facts: Partial<ScannedFile> = {}): string => full([[0x00091001, vr, value]], facts).slice(`{"00091001":{"vr":"${vr}"`.length, -2);
const azure = (elements: readonly Element[]): string => {
  const { json, marks } = writeMetadata(scannedFile(elements));
  return Buffer.concat(azureView(json, marks)).toString('utf8');
};

describe('values', () => {
  it.each([
    ['an empty element has no Value', 'LO', '', ''],
    ['padding alone is empty', 'LO', '  ', ''],
    ['null padding alone is empty', 'LO', '\0', ''],
    ['trailing spaces go', 'LO', 'A B  ', ',"Value":["A B"]'],
    ['leading spaces of text stay', 'LO', ' A ', ',"Value":[" A"]'],
    ['leading spaces of codes go', 'CS', ' A \\ B', ',"Value":["A","B"]'],
    ['null padding stays', 'LO', 'A\0', ',"Value":["A\\u0000"]'],
    ['null padding of UIDs goes', 'UI', '1.2\0', ',"Value":["1.2"]'],
    ['null padding of numbers goes', 'DS', '1.5\0', ',"Value":[1.5]'],
    ['empty values are null', 'LO', 'A\\\\B\\', ',"Value":["A",null,"B",null]'],
    ['LT is one value', 'LT', 'A\\B\r\n"', ',"Value":["A\\\\B\\r\\n\\""]'],
    ['control characters are escaped', 'UT', '\u0001\t\u001f', ',"Value":["\\u0001\\t\\u001F"]'],
    ['names have groups', 'PN', 'A^B=I=P\\C', ',"Value":[{"Alphabetic":"A^B","Ideographic":"I","Phonetic":"P"},{"Alphabetic":"C"}]'],
    ['empty groups are left out', 'PN', '=I', ',"Value":[{"Ideographic":"I"}]'],
    ['an empty name is null', 'PN', 'A\\=\\B', ',"Value":[{"Alphabetic":"A"},null,{"Alphabetic":"B"}]'],
  ])('%s', (_name, vr, value, expected) => {
    expect(valueOf(vr, value)).toBe(expected);
  });

  it.each([
    ['DS', '1', '1'], ['DS', '-1.50', '-1.50'], ['DS', '+1.5', '1.5'], ['DS', '.5', '0.5'], ['DS', '5.', '5'], ['DS', '007.5', '7.5'],
    ['DS', '1e3', '1000'], ['DS', '1E-3', '0.001'], ['DS', '-0', '-0'], ['DS', '0.1234567890123456', '0.1234567890123456'],
    ['DS', '1E400', '"1E400"'], ['DS', '0.12345678901234567890', '"0.12345678901234567890"'], ['DS', '1,5', '"1,5"'], ['DS', 'NaN', '"NaN"'],
    ['DS', ' 1 \\2', '1,2'], ['IS', '+5', '5'], ['IS', '12345678901234567890', '"12345678901234567890"'], ['IS', '1A', '"1A"'], ['IS', '-', '"-"'],
  ])('%s %s', (vr, value, expected) => {
    expect(valueOf(vr, value)).toBe(`,"Value":[${expected}]`);
  });

  const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
  it.each([
    ['US', '0100 ffff', '1,65535'], ['SS', 'ffff 0080', '-1,-32768'], ['UL', 'ffffffff', '4294967295'], ['SL', 'ffffffff', '-1'],
    ['FL', '0000c03f 0000807f', '1.5,"Infinity"'], ['FD', '000000000000f87f 000000000000f0ff 0000000000000080', '"NaN","-Infinity",-0'],
    ['UV', 'ffffffffffffffff 0100000000000000', '"18446744073709551615",1'], ['SV', '0000000000000080', '"-9223372036854775808"'],
    ['AT', '1000 2000', '"00100020"'],
  ])('%s %s, in either byte order', (vr, hex, expected) => {
    expect(valueOf(vr, bytes(hex))).toBe(`,"Value":[${expected}]`);
    const width = vr === 'AT' || vr === 'US' || vr === 'SS' ? 2 : vr === 'UL' || vr === 'SL' || vr === 'FL' ? 4 : 8;
    const big = bytes(hex);
    if (width === 2) big.swap16();
    else if (width === 4) big.swap32();
    else big.swap64();
    expect(valueOf(vr, big, { littleEndian: false })).toBe(`,"Value":[${expected}]`);
  });

  it('writes binary values little endian', () => {
    expect(valueOf('OW', bytes('0102'), { littleEndian: false })).toBe(',"InlineBinary":"AgE="');
    expect(valueOf('OB', bytes('0102'), { littleEndian: false })).toBe(',"InlineBinary":"AQI="');
    expect(valueOf('UN', bytes('0102'), { littleEndian: false })).toBe(',"InlineBinary":"AQI="');
  });

  it('references values of 1 KiB, long text, and Pixel Data of any size', () => {
    expect(valueOf('OB', Buffer.alloc(1023))).toContain('InlineBinary');
    expect(valueOf('OB', Buffer.alloc(1024))).toBe(',"BulkDataURI":"/bulkdata/00091001"');
    expect(valueOf('UT', 'x'.repeat(65537))).toBe(',"BulkDataURI":"/bulkdata/00091001"');
    expect(full([[0x7fe00010, 'OB', Buffer.alloc(2)]])).toBe('{"7FE00010":{"vr":"OB","BulkDataURI":"/bulkdata/7FE00010"}}');
    expect(full([[0x7fe00010, 'OB', '']])).toBe('{"7FE00010":{"vr":"OB"}}');
  });

  it('drops bytes that are no whole number, and says so', () => {
    const { json, problems } = writeMetadata(scannedFile([[0x00280010, 'US', Buffer.from([1, 0, 2])]]));
    expect(json.toString()).toBe('{"00280010":{"vr":"US","Value":[1]}}');
    expect(problems[0]?.text).toBe('DICOM100: (0028,0010) - does not validate VR US: value length 3 is not a multiple of 2');
  });
});

describe('elements', () => {
  it('leaves out File Meta Information and group lengths', () => {
    expect(full([[0x00020010, 'UI', '1.2'], [0x00080000, 'UL', Buffer.alloc(4)], [0x00080060, 'CS', 'CT'], [0x00090000, 'UL', Buffer.alloc(4)]])).toBe('{"00080060":{"vr":"CS","Value":["CT"]}}');
  });

  it('sorts keys, at every level, and takes the last of repeated tags', () => {
    const json = full([[0x00100020, 'LO', 'B'], [0x00081140, 'SQ', [[[0x00081155, 'UI', '1'], [0x00081150, 'UI', '2']]]], [0x00100020, 'LO', 'C']]);
    expect(json).toBe('{"00081140":{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":["2"]},"00081155":{"vr":"UI","Value":["1"]}}]},"00100020":{"vr":"LO","Value":["C"]}}');
  });

  it('writes sequences, empty ones and empty items', () => {
    expect(full([[0x00081140, 'SQ', []], [0x00081199, 'SQ', [[], []]]])).toBe('{"00081140":{"vr":"SQ"},"00081199":{"vr":"SQ","Value":[{},{}]}}');
  });

  it('takes the VR of the dictionary for public elements written as UN, little endian', () => {
    const json = full([[0x00100010, 'UN', 'A^B'], [0x00280010, 'UN', Buffer.from([2, 0])], [0x00081140, 'UN', 'xx']], { littleEndian: false });
    expect(json).toBe('{"00081140":{"vr":"UN","InlineBinary":"eHg="},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]},"00280010":{"vr":"US","Value":[2]}}');
  });

  it('resolves US or SS by the nearest Pixel Representation of an implicit file', () => {
    const signed = Buffer.from([1, 0]);
    const minusOne = Buffer.from([0xff, 0xff]);
    const elements: Element[] = [[0x00189810, 'US', minusOne], [0x00280103, 'US', signed], [0x00283000, 'SQ', [[[0x00283002, 'US', minusOne]], [[0x00280103, 'US', Buffer.alloc(2)], [0x00283002, 'US', minusOne]]]]];
    expect(full(elements, { explicitVr: false })).toBe('{"00189810":{"vr":"SS","Value":[-1]},"00280103":{"vr":"US","Value":[1]},"00283000":{"vr":"SQ","Value":[{"00283002":{"vr":"SS","Value":[-1]}},{"00280103":{"vr":"US","Value":[0]},"00283002":{"vr":"US","Value":[65535]}}]}}');
    expect(full(elements)).toContain('"00189810":{"vr":"US"');
  });

  it('decodes text by the character set of its item, which ends with it', () => {
    const json = full([[0x00080005, 'CS', 'ISO_IR 100'], [0x00081140, 'SQ', [[[0x00080005, 'CS', 'ISO_IR 144'], [0x00080050, 'SH', '\xbb']], [[0x00080050, 'SH', '\xe9']]]], [0x00081030, 'LO', '\xe9']]);
    expect(json).toBe('{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081030":{"vr":"LO","Value":["é"]},"00081140":{"vr":"SQ","Value":[{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00080050":{"vr":"SH","Value":["Л"]}},{"00080050":{"vr":"SH","Value":["é"]}}]}}');
  });

  it('replaces invalid UTF-8', () => {
    expect(full([[0x00080005, 'CS', 'ISO_IR 192'], [0x00081030, 'LO', 'a\xe9']])).toContain('["a\ufffd"]');
  });

  it('goes as deep as the table', () => {
    let elements: Element[] = [[0x00080060, 'CS', 'CT']];
    for (let depth = 0; depth < 120; depth++) elements = [[0x00081140, 'SQ', [elements]]];
    expect(full(elements)).toContain('"CT"');
  });
});

describe('views', () => {
  const binary = Buffer.alloc(2);
  const large = Buffer.alloc(2000);

  it.each<[string, Element[], string]>([
    ['nothing', [], '{}'],
    ['one that is cut', [[0x00091001, 'UN', binary]], '{}'],
    ['the first', [[0x00081001, 'OB', large], [0x00080060, 'CS', 'CT']], '{"00080060":{"vr":"CS","Value":["CT"]}}'],
    ['the first two', [[0x00091001, 'OB', binary], [0x00091002, 'OB', large], [0x00100020, 'LO', 'P']], '{"00100020":{"vr":"LO","Value":["P"]}}'],
    ['all', [[0x00091001, 'OB', large], [0x00091002, 'OB', large], [0x00091003, 'UN', binary]], '{}'],
    ['middle and last', [[0x00080060, 'CS', 'CT'], [0x00091001, 'OB', large], [0x00100020, 'LO', 'P'], [0x7fe00010, 'OW', large]], '{"00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":["P"]}}'],
    ['invalid values', [[0x00080020, 'DA', 'x'], [0x00080060, 'CS', 'CT']], '{"00080060":{"vr":"CS","Value":["CT"]}}'],
    ['inside items', [[0x00081140, 'SQ', [[[0x00091001, 'OB', large]], [[0x00080020, 'DA', 'x'], [0x00080060, 'CS', 'CT'], [0x00091001, 'OB', large]]]], [0x00091001, 'UN', binary]], '{"00081140":{"vr":"SQ","Value":[{},{"00080060":{"vr":"CS","Value":["CT"]}}]}}'],
  ])('/v2 leaves out %s', (_name, elements, expected) => {
    expect(azure(elements)).toBe(expected);
  });

  it('/dicom-web has everything, with absolute references', () => {
    const { json, marks, bulk } = writeMetadata(scannedFile([[0x00081140, 'SQ', [[], [[0x00091001, 'OB', large]]]], [0x7fe00010, 'OW', binary]]));
    expect(Buffer.concat(webView(json, marks, 'https://h/i')).toString()).toBe('{"00081140":{"vr":"SQ","Value":[{},{"00091001":{"vr":"OB","BulkDataURI":"https://h/i/bulkdata/00081140/2/00091001"}}]},"7FE00010":{"vr":"OW","BulkDataURI":"https://h/i/bulkdata/7FE00010"}}');
    expect(bulk).toEqual([{ path: '00081140/2/00091001', offset: 1000, length: 2000, vr: 'OB' }, { path: '7FE00010', offset: 3000, length: 2, vr: 'OW' }]);
  });

  it('gives marks that ascend', () => {
    const { marks } = writeMetadata(scannedFile([[0x00080020, 'DA', 'x'], [0x00091001, 'OB', large], [0x00091002, 'UN', binary], [0x7fe00010, 'OW', large]]));
    const offsets = [...marks].filter((_value, index) => index % 3 === 1);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });
});

describe('problems', () => {
  it('names the first of an attribute or sequence, in the words of the conformance page', () => {
    const { problems } = writeMetadata(scannedFile([
      [0x00080020, 'DA', 'NotAValidDate\\x'], [0x0008002a, 'DT', 'NotAValidDate'],
      [0x00081140, 'SQ', [[[0x00080020, 'DA', '1'], [0x00080060, 'CS', 'ct']], [[0x00080020, 'DA', '2']]]],
    ]));
    expect(problems).toEqual([
      { tag: 0x00080020, text: 'DICOM100: (0008,0020) - Content "NotAValidDate" does not validate VR DA: one of the date values does not match the pattern YYYYMMDD' },
      { tag: 0x0008002a, text: 'DICOM100: (0008,002a) - Content "NotAValidDate" does not validate VR DT: value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]' },
      { tag: 0x00080020, text: 'DICOM100: (0008,0020) - Content "1" does not validate VR DA: one of the date values does not match the pattern YYYYMMDD' },
    ]);
  });

  it('does not mind null padding', () => {
    expect(writeMetadata(scannedFile([[0x00080020, 'DA', '20200101\0'], [0x00100020, 'LO', 'A\0\0'], [0x00080060, 'CS', 'CT\0']])).problems).toEqual([]);
  });
});
