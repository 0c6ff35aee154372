import { describe, expect, it } from '@jest/globals';
import { parseAccept } from './parse-accept.js';
import { takesType } from './takes-type.js';

describe('takesType', () => {
  it.each([
    [undefined, true], ['*/*', true], ['application/*', true], ['application/pdf', true], ['APPLICATION/PDF;q=0.1, image/jpeg', true], ['image/*, */*;q=0.1', true],
    ['image/*', false], ['application/dicom', false], ['application/pdf;q=0', false], ['*/*, application/pdf;q=0', false], ['application/*;q=0, */*', false], ['video/mp4', false],
  ])('given the Accept header %s, then a PDF is taken: %s', (header, taken) => {
    expect(takesType(parseAccept(header), 'application/pdf')).toBe(taken);
  });
});
