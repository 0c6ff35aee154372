import { dialectPolicies } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { answerStore } from './answer-store.js';
import { FAILURE, rejected, WARNING, type Stored, type StoreOutcome } from './store-outcome.js';

const BASE = 'http://localhost/v2';
const IDS = { study: 'd09e8215', series: '8c4915f5', sop: '4a858cbb', sopClass: 'd246deb5' };
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const stored = (over: Partial<Stored> = {}): Stored => ({ kind: 'stored', ids: IDS, sha256: SHA256, warning: undefined, comments: [], ...over });
const failed = rejected(FAILURE.otherStudy, 'another study', { sop: '22c35d16', sopClass: 'cd70f89a' });

function answer(outcomes: readonly StoreOutcome[], study?: string, dialect: 'azure-v1' | 'azure-v2' | 'dicom-web' = 'azure-v2'): { status: number; body: unknown } {
  const { status, body } = answerStore(outcomes, study, BASE, dialectPolicies[dialect].store);
  return { status, body: body === undefined ? undefined : JSON.parse(body) };
}

const item = {
  '00081150': { vr: 'UI', Value: [IDS.sopClass] }, '00081155': { vr: 'UI', Value: [IDS.sop] },
  '00081190': { vr: 'UR', Value: [`${BASE}/studies/${IDS.study}/series/${IDS.series}/instances/${IDS.sop}`] },
};
const comment = (text: string): unknown => ({ '00000902': { vr: 'LO', Value: [text] } });

describe('answerStore', () => {
  it.each<[string, number, StoreOutcome[]]>([
    ['no part', 204, []],
    ['all stored', 200, [stored(), stored()]],
    ['one stored with a warning', 202, [stored(), stored({ warning: WARNING.validation, comments: ['x'] })]],
    ['one stored, one failed', 202, [stored(), failed]],
    ['all failed', 409, [failed, failed]],
  ])('given %s, then %d', (_, status, outcomes) => {
    for (const dialect of ['azure-v1', 'azure-v2', 'dicom-web'] as const) expect(answer(outcomes, undefined, dialect).status).toBe(status);
  });

  it('given no part, then there is no body', () => {
    expect(answer([]).body).toBeUndefined();
  });

  it('given the first example of the conformance page, then the answer is that, with the sequence that v2 always has', () => {
    expect(answer([stored(), failed], IDS.study)).toEqual({ status: 202, body: {
      '00081190': { vr: 'UR', Value: [`${BASE}/studies/${IDS.study}`] },
      '00081198': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['cd70f89a'] }, '00081155': { vr: 'UI', Value: ['22c35d16'] }, '00081197': { vr: 'US', Value: [43265] }, '00741048': { vr: 'SQ', Value: [comment('another study')] } }] },
      '00081199': { vr: 'SQ', Value: [{ ...item, '00741048': { vr: 'SQ' } }] },
    } });
  });

  it('given the second example of the conformance page, then the answer is that', () => {
    const comments = ['DICOM100: (0008,0020) - wrong', 'DICOM100: (0008,002a) - wrong'];
    expect(answer([stored({ warning: 1, comments })], IDS.study)).toEqual({ status: 202, body: {
      '00081190': { vr: 'UR', Value: [`${BASE}/studies/${IDS.study}`] },
      '00081199': { vr: 'SQ', Value: [{ ...item, '00081196': { vr: 'US', Value: [1] }, '00741048': { vr: 'SQ', Value: comments.map(comment) } }] },
    } });
  });

  describe('the URL of the study', () => {
    const urlOf = (...args: Parameters<typeof answer>): unknown => (answer(...args).body as Record<string, unknown>)['00081190'];
    it('given the study in the request, then it is there when anything was stored', () => {
      expect(urlOf([stored()], IDS.study)).toEqual({ vr: 'UR', Value: [`${BASE}/studies/${IDS.study}`] });
      expect(urlOf([failed], IDS.study)).toBeUndefined();
    });

    it('given no study in the request, then the Azure dialects leave it out, and /dicom-web has it when all are of one study', () => {
      expect(urlOf([stored()])).toBeUndefined();
      expect(urlOf([stored(), stored()], undefined, 'dicom-web')).toEqual({ vr: 'UR', Value: [`${BASE}/studies/${IDS.study}`] });
      expect(urlOf([stored(), stored({ ids: { ...IDS, study: 'other' } })], undefined, 'dicom-web')).toBeUndefined();
    });
  });

  describe('an item of what was stored', () => {
    const itemOf = (outcome: Stored, dialect: 'azure-v1' | 'azure-v2' | 'dicom-web'): Record<string, unknown> => ((answer([outcome], undefined, dialect).body as Record<string, { Value: Record<string, unknown>[] }>)['00081199']!).Value[0]!;
    it('given no warning, then only v2 has an empty FailedAttributesSequence', () => {
      expect(itemOf(stored(), 'azure-v1')).toEqual(item);
      expect(itemOf(stored(), 'azure-v2')).toEqual({ ...item, '00741048': { vr: 'SQ' } });
    });

    it('given /dicom-web, then it carries the digest of what is kept, in a private block', () => {
      expect(itemOf(stored(), 'dicom-web')).toEqual({ ...item, '00990010': { vr: 'LO', Value: ['ISOCENTER'] }, '00991001': { vr: 'LO', Value: [SHA256] } });
    });

    it('given bytes that were there before, then /dicom-web says so beside the digest', () => {
      expect(itemOf(stored({ again: true }), 'dicom-web')).toMatchObject({ '00991001': { vr: 'LO', Value: [SHA256] }, '00991002': { vr: 'CS', Value: ['SAME'] } });
    });
  });

  it('given a part that could not be read, then its item has no UIDs', () => {
    expect(answer([rejected(FAILURE.validation, 'no DICOM')]).body).toEqual({ '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [43264] }, '00741048': { vr: 'SQ', Value: [comment('no DICOM')] } }] } });
  });

  it('given several, then they are in the order of the request', () => {
    const sops = ['c', 'a', 'b'];
    const { body } = answer(sops.map((sop) => stored({ ids: { ...IDS, sop } })));
    expect((body as Record<string, { Value: Record<string, { Value: string[] }>[] }>)['00081199']!.Value.map((one) => one['00081155']!.Value[0])).toEqual(sops);
  });

  it('then the codes are those of the conformance page', () => {
    expect(FAILURE).toEqual({ processing: 272, validation: 43264, otherStudy: 43265, alreadyExists: 45070, beingDeleted: 45071 });
    expect(WARNING).toEqual({ validation: 1, sopClass: 45063 });
  });
});
