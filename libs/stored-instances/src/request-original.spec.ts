import { BadRequest, type RequestContext } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { originalOf, wantsOriginal } from './request-original.js';

const wants = (value: string | undefined, dialect = 'azure-v2'): boolean =>
  wantsOriginal({ dialect } as RequestContext, { headers: value === undefined ? {} : { 'msdicom-request-original': value } } as unknown as FastifyRequest);

describe('msdicom-request-original', () => {
  it.each([[undefined, false], ['true', true], ['True', true], ['FALSE', false], [' true ', true]] as const)('given %s, then %s', (value, expected) => {
    expect(wants(value)).toBe(expected);
  });

  it.each(['', '1', 'yes', 'true, true'])('given "%s", then 400 that says what is allowed', (value) => {
    expect(() => wants(value)).toThrow(BadRequest);
    expect(() => wants(value)).toThrow(/'msdicom-request-original'.*true and false/);
  });

  it.each(['azure-v1', 'dicom-web'])('given %s, which does not know the header, then it is not looked at', (dialect) => {
    expect(wants('yes', dialect)).toBe(false);
  });

  it('given an instance that was updated, then its original is what was sent first; given another, then it itself', () => {
    const row = { version: 'v2', objectKey: 'k2', size: 2, sha256: 'h2', originalVersion: 'v1', originalObjectKey: 'k1', originalSize: 1, originalSha256: 'h1' } as InstanceRow;
    expect(originalOf(row)).toMatchObject({ version: 'v1', objectKey: 'k1', size: 1, sha256: 'h1' });
    const never = { ...row, originalVersion: null };
    expect(originalOf(never)).toBe(never);
  });
});
