import { describe, expect, it } from '@jest/globals';

import { vrName } from '../element-table.js';
import { isSignedOrUnsigned, keywordOfTag, parseAttributeId, tagOfKeyword, vrOfTag } from './vr-of-tag.js';

describe('vrOfTag', () => {
  it.each([
    [0x00100010, 'PN'], [0x0020000d, 'UI'], [0x00081140, 'SQ'], [0x7fe00001, 'OV'], [0x00020010, 'UI'],
    [0x7fe00010, 'OW'], [0x00283006, 'OW'], [0x00281200, 'OW'], [0x00280106, 'US'], [0x00281101, 'US'],
    [0x60003000, 'OW'], [0x60020010, 'US'], [0x50043000, 'OW'], [0x50040005, 'US'], [0x60003001, 'UN'],
    [0x00090000, 'UL'], [0x00280000, 'UL'], [0x00090010, 'LO'], [0x000900ff, 'LO'], [0x00091010, 'UN'], [0x00090001, 'UN'],
    [0x00289999, 'UN'], [0xfffcfffc, 'OB'], [0xfffafffa, 'SQ'], [0x50050005, 'UN'], [0xfffee000, 'UN'],
  ])('knows %s', (tag, vr) => {
    expect(vrName(vrOfTag(tag))).toBe(vr);
  });

  it('says which elements depend on Pixel Representation', () => {
    expect(isSignedOrUnsigned(0x00280106)).toBe(true);
    expect(isSignedOrUnsigned(0x00280010)).toBe(false);
  });
});

describe('attribute ids', () => {
  it.each([
    ['0020000D', 0x0020000d], ['0020000d', 0x0020000d], ['StudyInstanceUID', 0x0020000d], ['studyinstanceuid', 0x0020000d],
    ['7FE00010', 0x7fe00010], ['FFFCFFFC', 0xfffcfffc], ['OverlayRows', 0x60000010], ['00091001', 0x00091001],
    ['NoSuchKeyword', undefined], ['', undefined], ['-', undefined], ['0020,000D', undefined], ['123', undefined],
  ])('reads %s', (text, tag) => {
    expect(parseAttributeId(text)).toBe(tag);
  });

  it('goes both ways', () => {
    expect(keywordOfTag(0x00100010)).toBe('PatientName');
    expect(keywordOfTag(0x60020010)).toBe('OverlayRows');
    expect(keywordOfTag(0x00091001)).toBe('');
    expect(keywordOfTag(0x00080202)).toBe('');
    expect(tagOfKeyword('FloatPixelData')).toBe(0x7fe00008);
  });
});
