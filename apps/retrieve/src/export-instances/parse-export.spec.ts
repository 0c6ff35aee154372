import { describe, expect, it } from '@jest/globals';
import type { StoragePlace } from '@isocenter/config';
import { parseExport } from './parse-export.js';

const s3 = { type: 's3', endpoint: 'https://s3.example.org', region: 'r', bucket: 'b', accessKey: 'hidden', secretKey: 'hidden' } as const;
const destinations: readonly StoragePlace[] = [{ name: 'Research', type: 'file', folder: '/hidden' }, { ...s3, name: 'cloud' }, { ...s3, name: 'archive' }];
const toDestination = (settings: unknown, type: unknown = 'file', values: unknown = ['1.2']) => ({ source: { type: 'identifiers', settings: { values } }, destination: { type, settings } });
const ofValues = (values: unknown) => parseExport(toDestination({ name: 'Research' }, 'file', values), destinations);

describe('parseExport', () => {
  it('given members and enumerated values in any letter case, then what is asked for, by the name that the settings have', () => {
    const body = { SOURCE: { Type: 'Identifiers', Settings: { VALUES: ['1.2'] } }, Destination: { TYPE: 'FILE', settings: { Name: 'research', PREFIX: 'trial-7/ct/' } } };
    expect(parseExport(body, destinations)).toEqual({ identifiers: ['1.2'], destination: 'Research', prefix: 'trial-7/ct' });
  });

  it('given identifiers twice, or parts of another, then each instance is named once', () => {
    expect(ofValues(['1', '1/2', '1/2/3', '1', '4/5/6', '4/5', '7/8/9', '7/8/10']).identifiers).toEqual(['1', '4/5', '7/8/9', '7/8/10']);
    expect(ofValues(Array.from({ length: 1_000 }, (_none, at) => `1.${at}`)).identifiers).toHaveLength(1_000);
  });

  it.each<[unknown]>([[[]], [Array.from({ length: 1_001 }, (_none, at) => `1.${at}`)], ['1.2'], [null], [[1]], [['']], [['/1']], [['1/']], [['1//2']], [['1/2/3/4']], [['..']], [['1/../2']], [['x'.repeat(65)]], [['1 2']], [['1\0']], [['é']], [[['1']]]])('given the identifiers %j, then they are refused by what is allowed', (values) => {
    expect(() => ofValues(values)).toThrow(/'source\.settings\.values'.*a list of 1 to 1000.*UID of 1 to 64/);
  });

  it.each<[unknown, RegExp]>([
    [null, /The body is no JSON object/], [[], /The body is no JSON object/], ['x', /The body is no JSON object/], [{}, /'source' is no JSON object/], [{ more: 1 }, /Member 'more' is not known; allowed: source, destination/],
    [{ ...toDestination({ name: 'Research' }), source: { type: 'query', settings: {} } }, /'source\.type' is 'query'; allowed: identifiers/], [{ ...toDestination({ name: 'Research' }), destination: 1 }, /'destination' is no JSON object/],
    [toDestination({ blobContainerName: 'x' }, 'azureblob'), /'destination\.type' is 'azureblob'; allowed on this server: file \(Research\), s3 \(cloud, archive\)\./], [toDestination({ name: 'Research' }, null), /'destination\.type' is no text/],
    [toDestination({ name: 'Research' }, 's3'), /'destination\.settings\.name' is 'Research'; allowed on this server/], [toDestination({ name: 'other' }), /is 'other'/], [toDestination({}), /is missing/], [toDestination({ name: '/etc' }), /is '\/etc'/],
    [toDestination({ name: 'Research', secretKey: 'hunter2' }), /'destination\.settings\.secretKey' is not known; allowed: name, prefix/], [toDestination({ name: 'Research', folder: '/etc' }), /'destination\.settings\.folder' is not known/],
    [toDestination({ name: 'Research', Name: 'cloud' }), /'destination\.settings\.name' is given twice/],
  ])('given %j, then it is refused by the member and what is allowed, and no settings are told', (body, text) => {
    expect(() => parseExport(body, destinations)).toThrow(text);
    expect(() => parseExport(body, destinations)).toThrow(/^(?!.*(hidden|hunter2|s3\.example)).*\.$/);
  });

  it('given no destinations, then exports are off', () => {
    expect(() => parseExport(toDestination({ name: 'Research' }), [])).toThrow(/EXPORT_DESTINATIONS/);
  });
});

describe('prefix of an export', () => {
  const prefixOf = (prefix: unknown): string => parseExport(toDestination({ name: 'Research', prefix }), destinations).prefix;

  it.each([[undefined, ''], [null, ''], ['', ''], ['a', 'a'], ['a/b/', 'a/b'], ['a.b_c-1', 'a.b_c-1'], ['A b', '%41%20b'], ['.hidden', '%2ehidden'], ['%2e%2e', '%252e%252e'], ['ü', '%c3%bc'], ['~', '%7e'], ['x'.repeat(200), 'x'.repeat(200)]])('given %j, then it is %j', (given, prefix) => {
    expect(prefixOf(given)).toBe(prefix);
  });

  it.each(['/', '/etc', '//', 'a//b', '..', '.', '../a', 'a/..', 'a/../b', 'a/./b', 'a\\..\\b', '\\\\host\\share', 'a\0b', 'a\nb', '\x7f', '\x85', '\ud800', 'x/'.repeat(191), 'Ü'.repeat(100) + '/' + 'Ü'.repeat(100) + '/' + 'Ü'.repeat(100), 1, {}, ['a'], false])('given %j, then it is refused', (prefix) => {
    expect(() => prefixOf(prefix)).toThrow(/'destination\.settings\.prefix' is not valid; allowed: names joined by/);
  });
});
