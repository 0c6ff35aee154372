import type { RequestContext } from '@isocenter/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { storeCommand } from '../../test/make-commands.js';
import { Search, type SearchAnswer, type SearchScope } from './search.js';

type DataSet = Record<string, { vr: string; Value?: unknown[] }>;
type DialectName = 'azure-v1' | 'azure-v2' | 'dicom-web';

const SCOPES: SearchScope[] = [{ level: 'study' }, { level: 'series' }, { level: 'instance' }, { level: 'series', study: '1' }, { level: 'instance', study: '1' }, { level: 'instance', study: '1', series: '1.1' }];
const BASE = 'http://archive/v2';

/** From stored commands to the JSON of an answer, in the real store. */
describe('a search', () => {
  let index: IndexUnderTest;
  let search: Search;
  const run = (query = '', scope: SearchScope = { level: 'study' }, dialect: DialectName = 'azure-v2', partition = 'Microsoft.Default'): Promise<SearchAnswer> =>
    search.run({ dialect, partition, baseUrl: BASE } as unknown as RequestContext, scope, query);
  const hits = async (...args: Parameters<typeof run>): Promise<DataSet[]> => JSON.parse((await run(...args)).body ?? '[]') as DataSet[];
  const keys = async (...args: Parameters<typeof run>): Promise<string[]> => Object.keys((await hits(...args))[0]!).sort();
  const studies = async (...args: Parameters<typeof run>): Promise<unknown[]> => (await hits(...args)).map((hit) => hit['0020000D']!.Value![0]);

  beforeAll(async () => {
    index = await IndexUnderTest.open();
    search = new Search(index.store);
    await index.oneByOne(
      storeCommand('1/1.1/1.1.1', {
        study: { SpecificCharacterSet: 'ISO_IR 192', PatientName: 'Doe^John', PatientID: 'P1', StudyDate: '20240101', StudyTime: '101112', AccessionNumber: null, StudyDescription: 'Thorax', PatientSex: 'O', PatientAge: '040Y', InstanceAvailability: 'NEARLINE', TimezoneOffsetFromUTC: '+0100' },
        series: { SpecificCharacterSet: 'ISO_IR 192', Modality: 'CT', SeriesDescription: 'axial', SeriesNumber: '3', Laterality: 'L', TimezoneOffsetFromUTC: '+0100' },
        instance: { SpecificCharacterSet: 'ISO_IR 192', SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', InstanceNumber: '7', InstanceAvailability: 'NEARLINE' },
      }),
      storeCommand('1/1.2/1.2.1', { series: { SpecificCharacterSet: null, Modality: 'MR' } }),
      storeCommand('2/2.1/2.1.1', { study: { PatientName: 'Roe^Jané', PatientID: 'P2', StudyDate: '20240202', InstanceAvailability: 'NEARLINE' }, series: { Modality: 'CT' }, instance: { InstanceAvailability: 'NEARLINE' } }),
    );
  });
  afterAll(() => index.close());

  describe('under /v2', () => {
    const DEFAULT_STUDY = ['00080020', '00080050', '00081030', '00100010', '00100020', '0020000D'];
    const DEFAULT_SERIES = ['00080060', '0020000E'];

    it('given studies, then the default attributes that were stored, and nothing else', async () => {
      expect(await keys('StudyInstanceUID=1')).toEqual(DEFAULT_STUDY);
      expect((await hits('StudyInstanceUID=1'))[0]).toMatchObject({ '00080050': { vr: 'SH' }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^John' }] } });
      expect((await hits('StudyInstanceUID=1'))[0]!['00080050']).toEqual({ vr: 'SH' });
    });

    it('given series and instances, then the levels above that the path does not name, and the UIDs of the path', async () => {
      expect(await keys('SeriesInstanceUID=1.1', { level: 'series' })).toEqual([...DEFAULT_STUDY, ...DEFAULT_SERIES].sort());
      expect(await keys('Modality=CT', { level: 'series', study: '1' })).toEqual([...DEFAULT_SERIES, '0020000D'].sort());
      expect(await keys('SOPInstanceUID=1.1.1', { level: 'instance' })).toEqual([...DEFAULT_STUDY, ...DEFAULT_SERIES, '00080018'].sort());
      expect(await keys('Modality=CT', { level: 'instance', study: '1' })).toEqual([...DEFAULT_SERIES, '0020000D', '00080018'].sort());
      expect(await keys('', { level: 'instance', study: '1', series: '1.1' })).toEqual(['00080018', '0020000D', '0020000E']);
    });

    it('given includefield, then those of the levels of the answer are added, others are not', async () => {
      expect(await keys('StudyInstanceUID=1&includefield=PatientSex,SeriesDescription,PatientWeight')).toEqual([...DEFAULT_STUDY, '00100040'].sort());
      expect(await keys('SeriesInstanceUID=1.1&includefield=PatientSex,SeriesDescription,InstanceNumber', { level: 'series' })).toEqual([...DEFAULT_STUDY, ...DEFAULT_SERIES, '00100040', '0008103E'].sort());
    });

    it('given counts and modalities, then they are made at their level', async () => {
      expect((await hits('StudyInstanceUID=1&includefield=NumberOfStudyRelatedInstances'))[0]!['00201208']).toEqual({ vr: 'IS', Value: [2] });
      expect((await hits('SeriesInstanceUID=1.1&includefield=NumberOfSeriesRelatedInstances', { level: 'series' }))[0]!['00201209']).toEqual({ vr: 'IS', Value: [1] });
      expect((await hits('ModalitiesInStudy=MR'))[0]!['00080061']).toEqual({ vr: 'CS', Value: ['CT', 'MR'] });
    });

    it.each(SCOPES)('given includefield=all and %j, then each attribute is there once', async (scope) => {
      const { body } = await run('includefield=all', scope);
      expect(body).toHaveLength(JSON.stringify(JSON.parse(body!)).length);
    });

    it('given includefield=all, then all that the level has, also beside others', async () => {
      expect(await keys('StudyInstanceUID=1&includefield=all')).toEqual([...DEFAULT_STUDY, '00080005', '00080030', '00080056', '00080201', '00100040', '00101010'].sort());
      expect(await keys('StudyInstanceUID=1&includefield=all,PatientSex')).toEqual(await keys('StudyInstanceUID=1&includefield=all'));
    });

    it('given v1, then also its other default attributes, and only those', async () => {
      expect(await keys('StudyInstanceUID=1', { level: 'study' }, 'azure-v1')).toEqual([...DEFAULT_STUDY, '00080005', '00080030', '00080056', '00080201', '00100040'].sort());
      expect(await keys('', { level: 'instance', study: '1', series: '1.1' }, 'azure-v1')).toEqual(['00080016', '00080018', '0020000D', '0020000E', '00200013']);
    });

    it.each([
      ['PatientName=doe^john', ['1']], ['PatientName=DOE^JOHN', ['1']], ['PatientName=roe^jane', ['2']], ['PatientName=doe', []], ['PatientName=*doe*', []],
      ['PatientName=joh&fuzzymatching=true', ['1']], ['PatientName=do&fuzzymatching=true', ['1']], ['PatientName=jo%20do&fuzzymatching=true', ['1']], ['PatientName=Doe&fuzzymatching=true', ['1']],
      ['PatientName=John%20Doe&fuzzymatching=true', ['1']], ['PatientName=ohn&fuzzymatching=true', []],
      ['PatientID=p1', ['1']], ['PatientID=P1%00', ['1']], ['PatientID=P', []], ['StudyDescription=thorax', ['1']],
      ['StudyDate=20240101-20240131', ['1']], ['StudyDate=20240101-', ['2', '1']], ['StudyDate=-20240101', ['1']], ['StudyInstanceUID=1,2,3', ['2', '1']],
      ['ModalitiesInStudy=ct', ['2', '1']], ['ModalitiesInStudy=MR', ['1']], ['limit=1', ['2']], ['limit=1&offset=1', ['1']],
    ])('given %s, then the studies %j', async (query, expected) => {
      expect(await studies(query)).toEqual(expected);
    });

    it('given nothing found, or an offset past the end, then 204 without a body', async () => {
      expect(await run('PatientID=none')).toEqual({ status: 204, body: undefined, warning: undefined });
      expect(await run('offset=2')).toEqual({ status: 204, body: undefined, warning: undefined });
    });
  });

  describe('under /dicom-web', () => {
    const web = (query: string, scope: SearchScope = { level: 'study' }): ReturnType<typeof hits> => hits(query, scope, 'dicom-web');

    it('given studies, then all that is stored and what the archive knows', async () => {
      const [hit] = await web('StudyInstanceUID=1');
      expect(hit).toMatchObject({
        '00080056': { vr: 'CS', Value: ['ONLINE'] }, '00080061': { vr: 'CS', Value: ['CT', 'MR'] }, '00081190': { vr: 'UR', Value: [`${BASE}/studies/1`] }, '00100040': { Value: ['O'] },
        '00201206': { vr: 'IS', Value: [2] }, '00201208': { vr: 'IS', Value: [2] },
      });
    });

    it('given instances, then the URL of the instance and its transfer syntax', async () => {
      expect((await web('SOPInstanceUID=1.1.1', { level: 'instance' }))[0]).toMatchObject({
        '00081190': { Value: [`${BASE}/studies/1/series/1.1/instances/1.1.1`] }, '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] }, '00080005': { Value: ['ISO_IR 192'] }, '00080018': { Value: ['1.1.1'] },
        '0020000E': { Value: ['1.1'] }, '0020000D': { Value: ['1'] }, '00201209': { Value: [1] },
      });
    });

    it.each(SCOPES)('given %j, then each attribute is there once', async (scope) => {
      const { body } = await run('', scope, 'dicom-web');
      expect(body).toHaveLength(JSON.stringify(JSON.parse(body!)).length);
    });

    it.each([
      ['PatientName=*o*', ['2', '1']], ['PatientName=roe^jan?', ['2']], ['PatientID=*1', ['1']], ['PatientName=', ['2', '1']], ['ModalitiesInStudy=MR,US', ['1']], ['StudyTime=10-11', ['1']],
    ])('given %s, then the studies %j', async (query, expected) => {
      expect(await studies(query, { level: 'study' }, 'dicom-web')).toEqual(expected);
    });

    it('given nothing found, then 200 and an empty list', async () => {
      expect(await run('PatientID=none', { level: 'study' }, 'dicom-web')).toEqual({ status: 200, body: '[]', warning: undefined });
    });

    it('given keys that cannot be searched, then they are passed over with a warning that can stand in a header', async () => {
      const { status, warning } = await run('NoSuch%22%0d%0aThing=1&PatientSex=O&PatientID=P1', { level: 'study' }, 'dicom-web');
      expect(status).toBe(200);
      expect(warning).toBe('299 isocenter "These keys cannot be searched and were passed over: NoSuch???Thing, PatientSex"');
    });
  });

  it('given another partition, then its instances are its own, and an unknown one is 400 in the words of the dialect', async () => {
    await index.together(storeCommand('9/1/1', {}, { partition: 'ward' }));
    expect(await studies('', { level: 'study' }, 'azure-v2', 'ward')).toEqual(['9']);
    expect(await studies('')).toEqual(['2', '1']);
    await expect(run('', { level: 'study' }, 'azure-v2', 'nowhere')).rejects.toMatchObject({ status: 400, text: expect.stringContaining('Specified PartitionName nowhere does not exist.') });
  });

  it('given a UID of the path that is none, then 400', async () => {
    await expect(run('', { level: 'series', study: 'a_b' })).rejects.toMatchObject({ status: 400 });
  });
});
