import { describe, expect, it } from '@jest/globals';
import { dicomElement, dicomFile, dicomText } from './dicom-file.js';

describe('dicomFile', () => {
  it('given a short element, then it is tag, VR, length and padded value', () => {
    expect(dicomElement(0x00100020, 'LO', 'P')).toEqual(Buffer.from([0x10, 0, 0x20, 0, 0x4c, 0x4f, 2, 0, 0x50, 0x20]));
    expect(dicomElement(0x00100020, 'LO', 'P', false)).toEqual(Buffer.from([0x10, 0, 0x20, 0, 2, 0, 0, 0, 0x50, 0x20]));
  });

  it('given elements in any order, then they ascend', () => {
    expect(dicomText({ '00100020': ['LO', 'P1'], '00080060': ['CS', 'CT'] })).toEqual(Buffer.concat([dicomElement(0x00080060, 'CS', 'CT'), dicomElement(0x00100020, 'LO', 'P1')]));
  });

  it('given a data set, then it stands behind preamble and file meta information', () => {
    const dataSet = dicomText({ '00100020': ['LO', 'P1'] });
    const bytes = dicomFile({ dataSet, preamble: Buffer.alloc(128, 7) });
    expect(bytes.subarray(0, 132)).toEqual(Buffer.concat([Buffer.alloc(128, 7), Buffer.from('DICM')]));
    expect(bytes.subarray(-dataSet.length)).toEqual(dataSet);
    expect(bytes.readUInt32LE(140)).toBe(bytes.length - 144 - dataSet.length);
  });
});
