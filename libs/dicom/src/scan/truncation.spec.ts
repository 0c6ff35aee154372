import { describe, it, expect } from '@jest/globals';
import { sampleFiles } from '../../test/sample-files.js';
import { scanBytes } from '../../test/scan-bytes.js';
import { DicomParseError } from './dicom-parse-error.js';

async function outcome(bytes: Buffer): Promise<number | DicomParseError> {
  try {
    return (await scanBytes(bytes)).elements.count;
  } catch (reason) {
    if (reason instanceof DicomParseError) return reason;
    throw reason;
  }
}

/** Where a file may end unnoticed: between two elements of the root. */
async function seams(bytes: Buffer): Promise<Set<number>> {
  const { elements } = await scanBytes(bytes);
  const ends = new Set<number>();
  const hasDelimiter = (row: number) => bytes.readUInt32LE(elements.valueOffsets[row]! - 4) === 0xffffffff || bytes.readUInt32BE(elements.valueOffsets[row]! - 4) === 0xffffffff;
  for (let row = 0; row < elements.count; row = elements.ends[row]!) ends.add(elements.valueOffsets[row]! + elements.lengths[row]! + (hasDelimiter(row) ? 8 : 0));
  return ends;
}

describe('given a file cut at any byte', () => {
  it.each(Object.entries(sampleFiles).filter(([name]) => name !== 'deflated'))('%s: fails unless the cut is between elements', async (_name, bytes) => {
    const allowed = await seams(bytes);
    const metaEnd = bytes.length > 132 && bytes.toString('latin1', 128, 132) === 'DICM' ? 144 + bytes.readUInt32LE(140) : 0;
    for (let end = 0; end < bytes.length; end++) {
      const found = await outcome(bytes.subarray(0, end));
      // Up to seven zeros behind an element of the data set are padding.
      const zeros = [...allowed].some((seam) => seam > metaEnd && seam < end && end - seam < 8 && bytes.subarray(seam, end).every((byte) => byte === 0));
      expect([end, found instanceof DicomParseError]).toEqual([end, !allowed.has(end) && !zeros]);
    }
  });

  it('deflated: fails everywhere behind the File Meta', async () => {
    const bytes = sampleFiles['deflated']!;
    const meta = 132 + 12 + 8 + bytes.readUInt32LE(140) - 8;
    for (let end = meta + 1; end < bytes.length; end++) expect(await outcome(bytes.subarray(0, end))).toMatchObject({ code: 'truncated' });
  });

  it('says where, in which element and how much is missing', async () => {
    const bytes = sampleFiles['explicit LE']!;
    expect(await outcome(bytes.subarray(0, -30))).toMatchObject({ code: 'truncated', tag: 0x7fe00010, offset: bytes.length - 30, message: `The file ends 12 bytes before the end of a value (byte ${bytes.length - 30}, element (7FE0,0010))` });
    expect(await outcome(Buffer.alloc(0))).toMatchObject({ code: 'not-dicom', message: 'The file is empty (byte 0)' });
    expect(await outcome(bytes.subarray(0, 132))).toMatchObject({ code: 'truncated' });
    expect(await outcome(Buffer.from('some text that is no DICOM file'))).toMatchObject({ code: 'not-dicom' });
    expect(await outcome(Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46))).toMatchObject({ code: 'not-dicom' });
  });
});
