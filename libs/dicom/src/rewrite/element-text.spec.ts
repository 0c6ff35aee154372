import { describe, expect, it } from '@jest/globals';
import { textOfMember } from './element-text.js';

const NAME = 0x00100010;
const OTHER_IDS = 0x00101000;

describe('textOfMember', () => {
  it.each<[string, number, string, unknown, string]>([
    ['a name', NAME, 'PN', { vr: 'PN', Value: [{ Alphabetic: 'Doe^John', Phonetic: 'p' }] }, 'Doe^John==p'],
    ['a name of nothing', NAME, 'PN', { vr: 'PN', Value: [{}] }, ''],
    ['null', NAME, 'PN', null, ''], ['no Value', NAME, 'PN', { vr: 'PN' }, ''], ['an empty Value', NAME, 'PN', { Value: [] }, ''], ['a null value', NAME, 'PN', { Value: [null] }, ''],
    ['several values', OTHER_IDS, 'LO', { vr: 'LO', Value: ['a', null, 'b '] }, 'a\\\\b'],
    ['a number', 0x00101020, 'DS', { vr: 'DS', Value: [1.75] }, '1.75'], ['a number as text', 0x00101020, 'DS', { vr: 'DS', Value: [' 1.75'] }, '1.75'],
    ['a date', 0x00100030, 'DA', { vr: 'DA', Value: ['20200131'] }, '20200131'],
    ['a text with a backslash', 0x00104000, 'LT', { vr: 'LT', Value: ['a\\b'] }, 'a\\b'],
  ])('given %s, then its text', (_, tag, vr, member, text) => {
    expect(textOfMember(tag, vr, tag === OTHER_IDS, member)).toEqual({ text });
  });

  it.each<[string, number, string, unknown, RegExp]>([
    ['another VR', NAME, 'PN', { vr: 'LO', Value: ['x'] }, /has the VR PN/],
    ['no object', NAME, 'PN', 'Doe', /no object/], ['a list', NAME, 'PN', [], /no object/],
    ['a misspelt Value', NAME, 'PN', { vr: 'PN', value: [{ Alphabetic: 'Doe' }] }, /has 'value'; allowed are vr and Value/], ['binary', NAME, 'PN', { vr: 'PN', InlineBinary: 'AAAA' }, /has 'InlineBinary'/],
    ['a Value that is no list', NAME, 'PN', { vr: 'PN', Value: 'x' }, /no list/],
    ['two values of one', NAME, 'PN', { vr: 'PN', Value: [{}, {}] }, /one value, and not 2/],
    ['a name as text', NAME, 'PN', { vr: 'PN', Value: ['Doe'] }, /no PN of the DICOM JSON model/],
    ['an unknown group', NAME, 'PN', { vr: 'PN', Value: [{ Greek: 'x' }] }, /no PN/], ['a group with a delimiter', NAME, 'PN', { vr: 'PN', Value: [{ Alphabetic: 'a=b' }] }, /no PN/],
    ['a number for text', OTHER_IDS, 'LO', { vr: 'LO', Value: [1] }, /no LO/],
    ['a backslash', OTHER_IDS, 'LO', { vr: 'LO', Value: ['a\\b'] }, /backslash/],
    ['an escape', OTHER_IDS, 'LO', { vr: 'LO', Value: ['a\x1bb'] }, /escape/],
    ['half a character', OTHER_IDS, 'LO', { vr: 'LO', Value: ['a\ud800'] }, /surrogate/],
    ['a date that is none', 0x00100030, 'DA', { vr: 'DA', Value: ['20201399'] }, /month component exceeds the value 12/],
    ['a text that is too long', 0x00100020, 'LO', { vr: 'LO', Value: ['x'.repeat(65)] }, /exceeds maximum length of 64/],
  ])('given %s, then what is wrong with it', (_, tag, vr, member, text) => {
    expect(textOfMember(tag, vr, tag === OTHER_IDS, member)).toEqual({ tag, text: expect.stringMatching(text) });
  });
});
