import { describeInstance, Part10Scanner } from '@isocenter/dicom';
import { dialectPolicies } from '@isocenter/http';
import { implicitLittleEndian, type FileParts } from '@isocenter/testing';
import { describe, expect, it } from '@jest/globals';
import { IDS, inChunks, instanceFile } from '../../test/instance-file.js';
import { checkInstance, type Accepted } from './check-instance.js';
import type { Rejected } from './store-outcome.js';

type DialectName = 'azure-v1' | 'azure-v2' | 'dicom-web';

interface Case {
  readonly dialect?: DialectName;
  readonly study?: string;
  readonly fileMetaSopClass?: string;
  readonly parts?: Partial<FileParts>;
}

async function check(over: Parameters<typeof instanceFile>[0], { dialect = 'azure-v2', study, fileMetaSopClass = IDS.sopClass, parts }: Case = {}): Promise<Accepted | Rejected> {
  const scanner = new Part10Scanner({ headerBytes: 1_000_000 });
  for await (const chunk of inChunks(instanceFile(over, parts), 4_096)) await scanner.push(chunk);
  const scanned = await scanner.end();
  return checkInstance(scanned, describeInstance(scanned), fileMetaSopClass, study, dialectPolicies[dialect].store);
}

describe('checkInstance', () => {
  it('given a valid instance, then it is accepted without warning, in every dialect', async () => {
    for (const dialect of ['azure-v1', 'azure-v2', 'dicom-web'] as const) expect(await check({}, { dialect })).toEqual({ kind: 'accepted', ids: IDS, warning: undefined, comments: [] });
  });

  describe('PatientID', () => {
    it.each<[DialectName, string, { kind: string; warning?: number; reason?: number }]>([
      ['azure-v1', 'without a value', { kind: 'rejected', reason: 43264 }], ['azure-v2', 'without a value', { kind: 'accepted', warning: 1 }], ['dicom-web', 'without a value', { kind: 'accepted', warning: 1 }],
      ['azure-v1', 'missing', { kind: 'rejected', reason: 43264 }], ['azure-v2', 'missing', { kind: 'rejected', reason: 43264 }], ['dicom-web', 'missing', { kind: 'accepted', warning: 1 }],
      ['azure-v1', 'invalid', { kind: 'rejected', reason: 43264 }], ['azure-v2', 'invalid', { kind: 'rejected', reason: 43264 }], ['dicom-web', 'invalid', { kind: 'accepted', warning: 1 }],
    ])('given %s and PatientID %s, then %j', async (dialect, state, expected) => {
      const value: readonly [string, string] | undefined = state === 'missing' ? undefined : ['LO', state === 'invalid' ? 'x'.repeat(65) : ''];
      const checked = await check({ '00100020': value }, { dialect });
      expect(checked).toMatchObject(expected);
      expect(checked.comments.join()).toContain('0010,0020');
    });

    it('given padding with nulls, then it is valid', async () => {
      expect(await check({ '00100020': ['LO', 'P1\0\0'] })).toMatchObject({ kind: 'accepted', warning: undefined });
    });
  });

  describe('attributes that are not valid', () => {
    const wrongDate = { '00080020': ['DA', 'NotADate'] } as const;

    it('given a searchable one, then v2 and /dicom-web warn, each attribute with a text as on the page, and v1 refuses', async () => {
      const both = { ...wrongDate, '0008002A': ['DT', 'NotADate'] } as const;
      for (const dialect of ['azure-v2', 'dicom-web'] as const) {
        expect(await check(both, { dialect })).toMatchObject({ kind: 'accepted', warning: 1, comments: [expect.stringMatching(/^DICOM100: \(0008,0020\) - Content "NotADate" does not validate VR DA/), expect.stringMatching(/^DICOM100: \(0008,002a\) - /)] });
      }
      expect(await check(both, { dialect: 'azure-v1' })).toMatchObject({ kind: 'rejected', reason: 43264, ids: IDS, comments: [expect.stringContaining('(0008,0020)')] });
    });

    it('given one that cannot be searched, then v1 warns too', async () => {
      expect(await check({ '00101010': ['AS', '40'] }, { dialect: 'azure-v1' })).toMatchObject({ kind: 'accepted', warning: 1 });
    });

    it('given very many, then a hundred of them are named', async () => {
      const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`0029${(0x1000 + at).toString(16)}`, ['DA', 'wrong!'] as const]));
      const checked = await check({ '00290010': ['LO', 'MANY'], ...many });
      expect(checked).toMatchObject({ kind: 'accepted', warning: 1 });
      expect(checked.comments).toHaveLength(100);
    });
  });

  it('given no SOPClassUID, then 43264', async () => {
    expect(await check({ '00080016': undefined })).toMatchObject({ kind: 'rejected', reason: 43264, comments: [expect.stringContaining('0008,0016')] });
  });

  it.each(['1_2', '..'])('given the SOPClassUID "%s", then 43264', async (uid) => {
    expect(await check({ '00080016': ['UI', uid] })).toMatchObject({ kind: 'rejected', reason: 43264 });
  });

  it('given letters and - in UIDs, then they are accepted under /v2, as the page says', async () => {
    expect(await check({ '00080018': ['UI', '4a858cbb-a71f-4c01-b9b5-85f88b031365'] })).toMatchObject({ kind: 'accepted', ids: { sop: '4a858cbb-a71f-4c01-b9b5-85f88b031365' } });
  });

  describe('the study of the request', () => {
    it('given the same, then it is accepted; given another, then 43265', async () => {
      expect(await check({}, { study: IDS.study })).toMatchObject({ kind: 'accepted' });
      expect(await check({ '0020000D': ['UI', `${IDS.study}\0`] }, { study: IDS.study })).toMatchObject({ kind: 'accepted' });
      expect(await check({}, { study: '1.2.9' })).toMatchObject({ kind: 'rejected', reason: 43265, ids: IDS, comments: [expect.stringContaining('1.2.9')] });
    });
  });

  describe('the transfer syntax', () => {
    it('given Implicit VR, then the Azure dialects answer 43264, and /dicom-web accepts it', async () => {
      const parts = { transferSyntax: implicitLittleEndian };
      expect(await check({}, { parts })).toMatchObject({ kind: 'rejected', reason: 43264, comments: [expect.stringContaining(implicitLittleEndian)] });
      expect(await check({}, { parts, dialect: 'dicom-web' })).toMatchObject({ kind: 'accepted' });
    });

    it('given one that the standard does not have, or none, then 43264', async () => {
      expect(await check({}, { parts: { transferSyntax: '1.2.3.4' }, dialect: 'dicom-web' })).toMatchObject({ kind: 'rejected', reason: 43264 });
      expect(await check({}, { parts: { transferSyntax: '' }, dialect: 'dicom-web' })).toMatchObject({ kind: 'rejected', reason: 43264 });
    });
  });

  describe('the class of the file meta information', () => {
    it('given another than the data set\'s, then 45063', async () => {
      expect(await check({}, { fileMetaSopClass: '1.2.840.10008.5.1.4.1.1.2' })).toMatchObject({ kind: 'accepted', warning: 45063 });
    });

    it('given none, then no warning; given an invalid attribute too, then that is the warning', async () => {
      expect(await check({}, { fileMetaSopClass: '' })).toMatchObject({ warning: undefined });
      expect(await check({ '00080020': ['DA', 'x'] }, { fileMetaSopClass: '1.2' })).toMatchObject({ warning: 1 });
    });
  });
});
