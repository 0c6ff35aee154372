import { describe, expect, it } from '@jest/globals';
import { InstanceMembers } from './instance-members.js';

const tag = (path: string, vr: string, privateCreator: string | null = null) => ({ path, vr, privateCreator });
const text = (value: string): { vr: string; Value: string[] } => ({ vr: 'LO', Value: [value] });
const unknown = (value: string): { vr: string; InlineBinary: string } => ({ vr: 'UN', InlineBinary: Buffer.from(value).toString('base64') });

/** Of members of which the last so many are cut out of what `/v2` shows. */
const membersOf = (shown: object, cut: object = {}, metadataKey: string | null = null): InstanceMembers => {
  const whole = JSON.stringify({ ...shown, ...cut });
  const from = JSON.stringify(shown).length - 1;
  const marks = Object.keys(cut).length === 0 || metadataKey !== null ? [] : [1, from, whole.length - 1 - from];
  return new InstanceMembers({ metadata: Buffer.from(whole), metadataKey, marks: new Uint8Array(Uint32Array.from(marks).buffer) });
};

describe('the value that an instance has for a tag', () => {
  it('given its creator in another block, then it is found there; with another creator it is not', () => {
    const members = membersOf({ '12050010': text('OTHER'), '12050011': text('ACME'), '12051003': text('theirs'), '12051103': text('ours') });
    expect(members.valueFor(tag('12051003', 'LO', 'ACME'))).toMatchObject({ value: 'ours' });
    expect(members.valueFor(tag('12051003', 'LO', 'NOBODY'))).toBeUndefined();
    expect(members.valueFor(tag('12051004', 'LO', 'ACME'))).toBeUndefined();
  });

  it.each([['whole metadata', null], ['the short form', 'key']])('given a private value of UN in %s, then it is what the tag says, when its bytes can be that', (_what, key) => {
    const members = membersOf({ '12050010': text('ACME') }, { '12051001': unknown('Head '), '12051002': { vr: 'UN', BulkDataURI: '/bulkdata/12051002' }, '12051003': { vr: 'UN' } }, key);
    expect(members.valueFor(tag('12051001', 'LO', 'ACME'))).toEqual({ value: 'head', member: '{"vr":"LO","Value":["Head"]}' });
    expect(members.valueFor(tag('12051001', 'DA', 'ACME'))).toBe('wrong');
    expect(members.valueFor(tag('12051001', 'US', 'ACME'))).toBe('wrong');
    expect(members.valueFor(tag('12051002', 'LO', 'ACME'))).toBe('wrong');
    expect(members.valueFor(tag('12051003', 'LO', 'ACME'))).toBeUndefined();
  });

  it('given a value that is not valid in the file, then it is none, and wrong for who wants to know', () => {
    const members = membersOf({ '00100020': text('P1') }, { '00200010': text('x'.repeat(200)) });
    expect([members.valueFor(tag('00200010', 'LO')), members.valueFor(tag('00200010', 'LO'), true), members.valueFor(tag('00200011', 'IS'), true)]).toEqual([undefined, 'wrong', undefined]);
  });
});
