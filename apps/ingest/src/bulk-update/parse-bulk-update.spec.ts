import { keywordOfTag, vrName, vrOfTag } from '@isocenter/dicom';
import { describe, expect, it } from '@jest/globals';
import { parseBulkUpdate } from './parse-bulk-update.js';
import { UPDATABLE } from './updatable-attributes.js';

const parse = (changeDataset: object): unknown => parseBulkUpdate({ studyInstanceUids: ['1.2'], changeDataset });

describe('parseBulkUpdate', () => {
  it.each([...UPDATABLE.keys()].map((tag) => [keywordOfTag(tag), tag] as const))('given %s by keyword and by tag, then it may be changed', (keyword, tag) => {
    const vr = vrName(vrOfTag(tag));
    const change = { studyInstanceUids: ['1.2'], changes: [{ tag, vr, text: '' }] };
    expect(keyword).not.toBe('');
    expect(parse({ [keyword]: { vr } })).toEqual(change);
    expect(parse({ [tag.toString(16).padStart(8, '0')]: null })).toEqual(change);
  });

  it.each([['PatientID', '00100020'], ['PatientID', 'patientid'], ['0040A730', '0040a730']])('given one attribute as %s and as %s, then it is refused', (first, second) => {
    expect(() => parse({ [first]: null, [second]: null })).toThrow(`names an attribute twice, the second time as '${second}'`);
  });

  it.each(['SOPInstanceUID', 'SpecificCharacterSet', 'PixelData', 'StudyDate', '00020010', '00090010', '00080005'])('given %s, then it says what is allowed', (key) => {
    expect(parse({ [key]: { Value: ['x'] } })).toEqual({ problems: [expect.stringMatching(/^DICOM100: \([0-9a-f]{4},[0-9a-f]{4}\) - The attribute cannot be updated; allowed are AccessionNumber, /)] });
  });

  it('given padding behind a UID, then it is the same UID', () => {
    expect(parseBulkUpdate({ studyInstanceUids: ['1.2\0', '1.2 ', '1.2'], changeDataset: { PatientID: null } })).toMatchObject({ studyInstanceUids: ['1.2'] });
  });
});
