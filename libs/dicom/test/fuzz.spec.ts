import { describe, it, expect } from '@jest/globals';
import { fuzz } from './fuzz.js';

describe('given mutated files', () => {
  it('scans them or refuses them with a DicomParseError, quickly', async () => {
    const { scanned, refused } = await fuzz(5000, 7);
    expect(scanned).toBeGreaterThan(200);
    expect(Object.keys(refused).sort()).toEqual(['limit-exceeded', 'malformed', 'not-dicom', 'truncated']);
  }, 60_000);
});
