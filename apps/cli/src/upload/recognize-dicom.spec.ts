import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dicomLike } from '../../test/dicom-files.js';
import { HEAD_BYTES, recognizeDicom } from './recognize-dicom.js';

const fixtures = join(import.meta.dirname, '../../../../libs/dicom/test/fixtures');
const recognize = (bytes: Buffer): string => recognizeDicom(bytes.subarray(0, HEAD_BYTES), bytes.length);

describe('recognizeDicom', () => {
  it('given every fixture that can be read, also those without preamble, prefix or file meta information, then it is an instance', () => {
    const files = globSync('{charset,frames,odd,transfer-syntax,values}/*.dcm', { cwd: fixtures });
    expect(files.length).toBeGreaterThan(90);
    expect(files.filter((file) => recognize(readFileSync(join(fixtures, file))) !== 'instance')).toEqual([]);
  });

  it('given a DICOMDIR, then it is a directory', () => {
    expect(recognize(dicomLike(200, '1.2.840.10008.1.3.10'))).toBe('directory');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', readFileSync(join(fixtures, 'invalid/text.dcm'))],
    ['JSON', Buffer.from('[{"00080005": {"vr": "CS"}}]')],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a ZIP', Buffer.from('504b0304140000000800', 'hex')],
    ['zeros', Buffer.alloc(4096)],
    ['a few bytes', Buffer.from([8, 0, 5, 0])],
  ])('given %s, then it is something else', (_what, bytes) => {
    expect(recognize(bytes)).toBe('other');
  });
});
