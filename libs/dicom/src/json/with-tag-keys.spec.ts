import { describe, expect, it } from '@jest/globals';
import { withTagKeys } from './with-tag-keys.js';

describe('withTagKeys', () => {
  it('given keywords and tags in any letter case, then all keys are tags in capitals, at every level', () => {
    const name = { vr: 'PN', Value: [{ Alphabetic: 'Doe^John' }] };
    expect(withTagKeys({ PatientName: name, patientid: null, '0008103e': { vr: 'LO' }, ReferencedStudySequence: { vr: 'SQ', Value: [{ ReferencedSOPClassUID: { vr: 'UI' } }, null] } })).toEqual({
      '00100010': name, '00100020': null, '0008103E': { vr: 'LO' }, '00081110': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI' } }, null] },
    });
  });

  it('given sequences that never end, then they are no trouble', () => {
    const deep = JSON.parse(`${'{"00081110":{"Value":['.repeat(50_000)}${']}}'.repeat(50_000)}`) as Record<string, unknown>;
    expect(Object.keys(withTagKeys(deep))).toEqual(['00081110']);
  });

  it('given a key that is neither, then it stays', () => {
    expect(withTagKeys({ Nonsense: 1, __proto__: 2, '0010': 3 })).toEqual({ Nonsense: 1, '0010': 3 });
  });
});
