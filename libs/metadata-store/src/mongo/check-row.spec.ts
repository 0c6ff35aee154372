import { describe, expect, it } from '@jest/globals';
import { metadataRow, studyRow } from '../contract/rows.contract.js';
import { checkRow } from './check-row.js';

describe('checkRow', () => {
  it.each<[string, object, string]>([
    ['a text for a number', { ordinal: '1' }, 'studies.ordinal is to be a whole number'], ['half a number', { ordinal: 1.5 }, 'studies.ordinal'], ['no value', { attributes: undefined }, 'studies.attributes is to be a text'],
    ['null where there is always a value', { words: null }, 'studies.words is to be a text'], ['a document for a text', { patientId: { $ne: 'Secret^Name' } }, 'studies.patientId is to be a text or null'], ['a column too many', { nothing: 1 }, 'studies.nothing is no column'],
  ])('given %s, then it is refused, and the text names the column without the value', (_, over, message) => {
    const check = (): void => checkRow('studies', { ...studyRow(), ...over }, true);
    expect(check).toThrow(message);
    expect(check).not.toThrow(/Secret/);
  });

  it('given a part of a row, then what is absent is not missed', () => {
    expect(() => checkRow('studies', { patientId: null }, false)).not.toThrow();
    expect(() => checkRow('studies', { nothing: 1 }, false)).toThrow('studies.nothing is no column');
  });

  it('given bytes, then texts are none, and what no document holds is refused', () => {
    expect(() => checkRow('instanceMetadata', metadataRow({ metadata: new Uint8Array(256 * 1024) }), true)).not.toThrow();
    expect(() => checkRow('instanceMetadata', { ...metadataRow(), marks: 'x' }, true)).toThrow('instanceMetadata.marks is to be bytes');
    expect(() => checkRow('instanceMetadata', metadataRow({ metadata: new Uint8Array(16 * 1024 * 1024) }), true)).toThrow('larger than');
  });
});
