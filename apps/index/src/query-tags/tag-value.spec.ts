import { describe, expect, it } from '@jest/globals';
import { spanOfDateTime } from './date-time.js';
import { normalTagValue, tagValueOf } from './tag-value.js';

describe('the value of an extended query tag', () => {
  it.each<[string, unknown, string | undefined]>([
    ['LO', 'Ábc ', 'ábc'], ['CS', 'RED\0', 'red'], ['AS', '045Y', '045y'], ['UI', '1.2.3\0', '1.2.3'], ['DS', 1.5, '1.5'], ['DS', '1.50', '1.5'], ['IS', -0, '0'], ['US', 65535, '65535'], ['FD', 1e300, '1e+300'],
    ['DA', '20240131', '20240131'], ['TM', '0930', '093000000000'], ['LO', '', undefined], ['LO', null, undefined], ['LO', undefined, undefined],
  ])('given %s %j, then %j', (vr, value, expected) => {
    expect(tagValueOf(vr, { vr, Value: [value] })).toEqual(expected === undefined ? undefined : expect.objectContaining({ value: expected }));
  });

  it.each([['DA', '2024'], ['TM', '99'], ['DS', 'a lot'], ['DT', '20241301'], ['DA', '20240140']])('given %s %j, then it is wrong', (vr, value) => {
    expect(tagValueOf(vr, { vr: 'LO', Value: [value] })).toBe('wrong');
  });

  it('given a name, then all its groups, folded, and their words', () => {
    const member = { vr: 'PN', Value: [{ Alphabetic: 'Dóe^John', Ideographic: '山田^太郎' }] };
    expect(tagValueOf('PN', member)).toEqual({ value: 'doe^john=山田^太郎', words: ['doe', 'john', '山田', '太郎'], member: JSON.stringify(member) });
  });

  it('given several values, then the first, and the member whole while it is short', () => {
    expect(tagValueOf('LO', { vr: 'LO', Value: ['a', 'b'] })).toEqual({ value: 'a', member: '{"vr":"LO","Value":["a","b"]}' });
    const many = tagValueOf('DS', { vr: 'DS', Value: Array.from({ length: 10_000 }, (_, at) => at + 1) });
    expect(many).toEqual({ value: '1', member: '{"vr":"DS","Value":[1]}' });
  });

  it('given moments, then their texts sort as time does, whatever their offsets', () => {
    const texts = ['0001', '18991231235959.999', '19700101', '20240131100000+0200', '20240131090000', '20240131090000.5', '9999'].map((text) => normalTagValue('DT', text)!);
    expect([...texts].sort()).toEqual(texts);
  });
});

describe('spanOfDateTime', () => {
  const day = Date.UTC(2024, 0, 31);
  it.each([
    ['20240131', day, day + 86_400_000 - 1], ['2024', Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1) - 1], ['202401', Date.UTC(2024, 0, 1), Date.UTC(2024, 1, 1) - 1],
    ['2024013110', day + 36_000_000, day + 39_600_000 - 1], ['20240131100000.25', day + 36_000_250, day + 36_000_250], ['20240131000000+0100', day - 3_600_000, day - 3_600_000 + 999],
  ])('given %s, then all moments in it', (text, from, to) => {
    expect(spanOfDateTime(text)).toEqual({ from, to });
  });
  it.each(['', '24', '20241301', '2024013125', 'now', '20240131+99'])('given %j, then it is none', (text) => {
    expect(spanOfDateTime(text)).toBeUndefined();
  });
});
