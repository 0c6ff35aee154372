import { describe, expect, it } from '@jest/globals';
import { shortMetadata } from './short-metadata.js';

/** The short form of members, each of which is given to it. */
const shortOf = (members: Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>): unknown => {
  const bounds: number[] = [];
  let json = '{';
  for (const [key, member] of Object.entries(members)) {
    if (json.length > 1) json += ',';
    bounds.push(Buffer.byteLength(json), Buffer.byteLength(json) + Buffer.byteLength(`"${key}":${JSON.stringify(member)}`));
    json += `"${key}":${JSON.stringify(member)}`;
  }
  return JSON.parse(shortMetadata(Buffer.from(`${json}}`), bounds).toString());
};
const many = <T>(value: T): T[] => Array.from({ length: 5_000 }, () => value);

describe('shortMetadata', () => {
  it('given members, then those within the bounds, as they are', () => {
    const members = { '00080060': { vr: 'CS', Value: ['CT'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Dœ^J{}' }] }, '00100020': { vr: 'LO' } };
    expect(shortOf(members)).toEqual(members);
    expect(shortMetadata(Buffer.from('{"00080060":{"vr":"CS"}}'), []).toString()).toBe('{}');
  });

  it.each<[string, string, unknown]>([['numbers', 'US', 65_535], ['numbers with a point', 'FD', -1.5e-7], ['texts', 'LO', 'a\\"b]}ü'], ['empty values', 'LO', null], ['names', 'PN', { Alphabetic: 'a"}^{b', Ideographic: '山' }]])('given a member with many %s, then its first', (_what, vr, value) => {
    expect(shortOf({ '00080060': { vr: 'CS', Value: ['CT'] }, '00283006': { vr, Value: many(value) }, '00400001': { vr: 'LO', Value: ['x'] } }))
      .toEqual({ '00080060': { vr: 'CS', Value: ['CT'] }, '00283006': { vr, Value: [value] }, '00400001': { vr: 'LO', Value: ['x'] } });
  });

  it('given one value that is too long, then it is left out', () => {
    expect(shortOf({ '00080060': { vr: 'CS', Value: ['CT'] }, '00400001': { vr: 'UC', Value: ['x'.repeat(5_000)] } })).toEqual({ '00080060': { vr: 'CS', Value: ['CT'] } });
  });

  it('given more than 64 KiB, then what fits', () => {
    const members = Object.fromEntries(Array.from({ length: 100 }, (_none, at) => [`0009${String(at + 1000)}`, { vr: 'LO', Value: ['x'.repeat(2_000)] }]));
    expect(Object.keys(shortOf(members) as object)).toHaveLength(32);
  });
});
