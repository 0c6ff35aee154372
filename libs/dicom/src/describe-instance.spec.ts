import { describe, expect, it } from '@jest/globals';

import { type Element, scannedFile } from '../test/golden/scanned-file.js';
import { describeInstance } from './describe-instance.js';

const required: readonly Element[] = [
  [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7\0'], [0x00080018, 'UI', '1.2.3 '], [0x00100020, 'LO', 'P1'], [0x0020000d, 'UI', '1.2'], [0x0020000e, 'UI', '1.2.1'],
];
const withElements = (...elements: Element[]) => {
  const tags = new Set(elements.map(([tag]) => tag));
  return describeInstance(scannedFile([...required.filter(([tag]) => !tags.has(tag)), ...elements]));
};
const us = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);

describe('describeInstance', () => {
  it('reads identifiers without padding', () => {
    expect(withElements()).toMatchObject({
      studyInstanceUid: '1.2', seriesInstanceUid: '1.2.1', sopInstanceUid: '1.2.3', sopClassUid: '1.2.840.10008.5.1.4.1.1.7', patientId: 'P1',
      transferSyntaxUid: '1.2.840.10008.1.2.1', warnings: [], failures: [],
    });
  });

  it('reads what the frame table needs', () => {
    const { image } = withElements([0x00280002, 'US', us(3)], [0x00280004, 'CS', 'RGB '], [0x00280008, 'IS', ' 12 '], [0x00280010, 'US', us(512)], [0x00280011, 'US', us(256)], [0x00280100, 'US', us(8)], [0x00280101, 'US', us(7)]);
    expect(image).toEqual({ rows: 512, columns: 256, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 7, numberOfFrames: 12, photometricInterpretation: 'RGB' });
    expect(withElements().image).toMatchObject({ rows: undefined, numberOfFrames: 1, photometricInterpretation: undefined });
  });

  it.each(['1A', '0', '-1', '1.5'])('takes %s frames as one, with one warning', (frames) => {
    const { image, warnings } = withElements([0x00280008, 'IS', frames]);
    expect(image.numberOfFrames).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it('names required attributes that are missing, empty or invalid', () => {
    expect(describeInstance(scannedFile([])).failures.map(({ text }) => text)).toEqual([
      "DICOM100: (0020,000d) - The required attribute '(0020,000d)' is missing.", "DICOM100: (0020,000e) - The required attribute '(0020,000e)' is missing.",
      "DICOM100: (0008,0018) - The required attribute '(0008,0018)' is missing.", "DICOM100: (0008,0016) - The required attribute '(0008,0016)' is missing.",
      "DICOM100: (0010,0020) - The required attribute '(0010,0020)' is missing.",
    ]);
    expect(withElements([0x0020000d, 'UI', '']).failures[0]?.text).toBe("DICOM100: (0020,000d) - The required attribute '(0020,000d)' has no value.");
    expect(withElements([0x0020000d, 'UI', '..']).failures[0]?.text).toContain('does not validate VR UI');
    expect(withElements([0x00100020, 'LO', 'x'.repeat(65)]).failures[0]?.text).toContain('value exceeds maximum length of 64 characters');
  });

  it('only warns of a Patient ID without value, and of the same tag inside a sequence', () => {
    const { warnings, failures } = withElements([0x00100020, 'LO', '']);
    expect([warnings.length, failures.length]).toEqual([1, 0]);
    const nested = withElements([0x00101002, 'SQ', [[[0x00100020, 'LO', 'x'.repeat(65)]]]]);
    expect([nested.warnings.length, nested.failures.length]).toEqual([1, 0]);
  });

  it('gives the members of each level, without invalid values and bulk data', () => {
    const { study, series } = withElements([0x00080020, 'DA', 'x'], [0x00080050, 'SH', ''], [0x00080060, 'CS', 'CT'], [0x00081032, 'SQ', [[[0x00080100, 'SH', 'C'], [0x00091001, 'OB', Buffer.alloc(9)]]]]);
    expect(study.members).toBe('"00080050":{"vr":"SH"},"00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["C"]}}]},"00100020":{"vr":"LO","Value":["P1"]},"0020000D":{"vr":"UI","Value":["1.2"]}');
    expect(study.tags).toEqual([0x00080050, 0x00081032, 0x00100020, 0x0020000d]);
    expect(study.members.slice(0, study.ends[0])).toBe('"00080050":{"vr":"SH"}');
    expect(series.members).toBe('"00080060":{"vr":"CS","Value":["CT"]},"0020000E":{"vr":"UI","Value":["1.2.1"]}');
  });

  it('gives normal search values of valid attributes, the first of several', () => {
    const { searchValues } = withElements(
      [0x00080005, 'CS', 'ISO_IR 100'], [0x00080020, 'DA', '20240131'], [0x00080030, 'TM', '1230'], [0x00080050, 'SH', 'Acc\\Other'], [0x00080060, 'CS', 'ct'],
      [0x00081030, 'LO', ''], [0x00100010, 'PN', 'B\xe9^A'], [0x00200011, 'IS', '7'], [0x00280010, 'US', us(512)],
    );
    const byTag = new Map(searchValues.map((value) => [value.tag, value]));
    expect(byTag.get(0x00080020)).toEqual({ level: 'study', tag: 0x00080020, searchable: 'everywhere', value: 20240131 });
    expect(byTag.get(0x00080030)).toEqual({ level: 'study', tag: 0x00080030, searchable: 'web', value: 123000000000 });
    expect(byTag.get(0x00080050)?.value).toBe('acc');
    expect(byTag.get(0x00100010)).toMatchObject({ value: 'be^a', words: ['be', 'a'] });
    expect(byTag.get(0x00200011)).toMatchObject({ level: 'series', value: 7 });
    expect(byTag.get(0x00280010)?.value).toBe(512);
    expect(byTag.has(0x00080060)).toBe(false);
    expect(byTag.has(0x00081030)).toBe(false);
  });
});
