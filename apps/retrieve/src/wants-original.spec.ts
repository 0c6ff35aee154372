import { BadRequest } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { wantsOriginal } from './wants-original.js';

const v2 = { dialect: 'azure-v2' } as const;
const wants = (value?: string) => wantsOriginal({ headers: value === undefined ? {} : { 'msdicom-request-original': value } }, v2);

describe('wantsOriginal', () => {
  it.each([[undefined, false], ['true', true], ['True', true], ['FALSE', false]] as const)('given %s, then %s', (value, expected) => {
    expect(wants(value)).toBe(expected);
  });

  it.each(['', '1', 'yes', 'true, true'])('given "%s", then 400 that says what is allowed', (value) => {
    expect(() => wants(value)).toThrow(BadRequest);
    expect(() => wants(value)).toThrow(/'msdicom-request-original'.*true and false/);
  });

  it.each(['azure-v1', 'dicom-web'] as const)('given %s, which does not know the header, then it is not looked at', (dialect) => {
    expect(wantsOriginal({ headers: { 'msdicom-request-original': 'yes' } }, { dialect })).toBe(false);
  });
});
