import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { element, us } from '../support/dicom-writer.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { identityOf, smallInstance } from './small-instance.js';
import { keysOf, search, valuesOf } from './search-request.js';
import { given } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;
let web: string;

const STUDY = '0020000D';
const SERIES = '0020000E';
const SOP = '00080018';

/** Two series, CT and MR, three instances; a name with an umlaut. */
const abdomen = identityOf('abdomen', 'ct', '1');
const abdomenSecond = identityOf('abdomen', 'ct', '2');
const abdomenMr = identityOf('abdomen', 'mr', '1');
/** The name of the conformance page. */
const john = identityOf('john');
/** Values that are padded with nulls. */
const padded = identityOf('padded');
const newest = identityOf('newest');

const described = (of: Identity, facts: { modality: string; patient: string; id: string; birth: string; date: string; accession: string; referring: string; description: string; model?: string; performed?: string }): Buffer =>
  smallInstance(of, { with: [
    element(0x00080060, 'CS', facts.modality), element(0x00100010, 'PN', facts.patient), element(0x00100020, 'LO', facts.id), element(0x00100030, 'DA', facts.birth),
    element(0x00080020, 'DA', facts.date), element(0x00080030, 'TM', '101112'), element(0x00080050, 'SH', facts.accession), element(0x00080090, 'PN', facts.referring), element(0x00081030, 'LO', facts.description),
    element(0x00081090, 'LO', facts.model ?? 'Model'), element(0x00400244, 'DA', facts.performed ?? facts.date), element(0x0008103e, 'LO', 'Series text'), element(0x00400245, 'TM', '101500'),
    element(0x00100040, 'CS', 'O'), element(0x00101010, 'AS', '042Y'), element(0x00200010, 'SH', 'ID-1'), element(0x00200011, 'IS', '7'), element(0x00280008, 'IS', '1'), element(0x00280010, 'US', us(4)),
  ] });

const abdomenFacts = { patient: 'Müller^Jörg', id: 'Pat-1', birth: '19600203', date: '20240115', accession: 'Acc-1', referring: 'Weiss^Anna', description: 'CT Abdomen für Übung' };

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2, web] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string, string];
  const empty = await search(v2, '/studies');
  const emptyWeb = await search(web, '/studies');
  answersOfEmptyArchive = [empty.status, emptyWeb.status, emptyWeb.text];
  for (const bytes of [
    described(abdomen, { ...abdomenFacts, modality: 'CT' }),
    described(abdomenSecond, { ...abdomenFacts, modality: 'CT' }),
    described(abdomenMr, { ...abdomenFacts, modality: 'MR', model: 'Magnet', performed: '20240116' }),
    described(john, { modality: 'US', patient: 'John^Doe', id: 'JD', birth: '19700101', date: '20240201', accession: 'JA', referring: 'Who^Doctor', description: 'Echo' }),
    described(padded, { modality: 'DX', patient: 'Pad\0', id: 'NULLS\0', birth: '19800101', date: '20240301', accession: 'PADDED\0', referring: 'Who^Doctor', description: 'Knee' }),
    described(newest, { modality: 'XA', patient: 'New^Est', id: 'NE', birth: '19900101', date: '20200101', accession: 'NA', referring: 'Who^Doctor', description: 'Heart' }),
  ]) await given(v2, [bytes]);
});
let answersOfEmptyArchive: unknown[] = [];
afterAll(() => archive.end());

const studiesBy = async (query: string, root = v2): Promise<unknown[]> => {
  const { status, found, text } = await search(root, `/studies?${query}`);
  if (status !== 200 && status !== 204) throw new Error(`${query} was answered ${status} ${text}`);
  return valuesOf(found, STUDY);
};

describe('Search of an empty archive', () => {
  it('given nothing was ever stored, then 204 under /v2 and an empty list under /dicom-web', () => {
    expect(answersOfEmptyArchive).toEqual([204, 200, '[]']);
  });
});

describe('Search matching', () => {
  it.each([
    ['PatientID=Pat-1'], ['patientid=PAT-1'], ['00100020=pat-1'], ['AccessionNumber=acc-1'], ['00080050=ACC-1'], ['PatientBirthDate=19600203'], ['StudyDate=20240115'],
    ['ReferringPhysicianName=weiss^anna'], ['StudyDescription=ct abdomen für übung'], ['ModalitiesInStudy=CT'], ['ModalitiesInStudy=mr'], ['00080061=CT'], [`StudyInstanceUID=${abdomen.studyInstanceUid}`],
    ['PatientName=Müller^Jörg'], ['PatientName=MÜLLER^JÖRG'], ['PatientName=Muller^Jorg'], ['PatientName=Müller^Jörg&StudyDate=20240115'],
  ])('given %s, then the study is found', async (query) => {
    expect(await studiesBy(query)).toEqual([abdomen.studyInstanceUid]);
  });

  it.each([
    ['PatientID=Pat'], ['PatientName=Müller'], ['StudyDescription=ct abdomen fur ubung'], ['AccessionNumber=Acc'], ['ModalitiesInStudy=PT'], ['PatientName=Müller^Jörg&StudyDate=20240116'], [`StudyInstanceUID=${uidOf('none')}`],
  ])('given %s, which matches nothing, then 204', async (query) => {
    expect((await search(v2, `/studies?${query}`)).status).toBe(204);
  });

  it.each([['PatientID=Pat*'], ['PatientName=M*'], ['PatientID=Pat-?'], ['PatientName=*']])('given %s under /v2, then an asterisk or question mark is a character like others', async (query) => {
    expect((await search(v2, `/studies?${query}`)).status).toBe(204);
  });

  it.each([
    ['StudyDate=20240115-20240201', ['abdomen', 'john']], ['StudyDate=20240115-20240115', ['abdomen']], ['StudyDate=20240202-', ['padded']], ['StudyDate=-20240114', ['newest']],
    ['PatientBirthDate=19600203-19700101', ['abdomen', 'john']], ['PatientBirthDate=-19600203', ['abdomen']], ['PatientBirthDate=19800101-', ['padded', 'newest']],
  ])('given the range %s, then both ends are in it', async (query, studies) => {
    expect((await studiesBy(query)).sort()).toEqual(studies.map((name) => identityOf(name).studyInstanceUid).sort());
  });

  it.each(['StudyDate=-', 'StudyDate=2024', 'StudyDate=20241301', 'StudyDate=20240230', 'StudyDate=20230101-20230229', 'StudyDate=20240115-20240114', 'StudyDate=20240101-x', 'PatientBirthDate=-', 'StudyDate=20240101-20240102-20240103'])('given the date %s, then 400 that names the parameter and what is allowed', async (query) => {
    const { status, text } = await search(v2, `/studies?${query}`);
    expect(status).toBe(400);
    expect(text).toContain(query.split('=')[0]);
    expect(text).toContain('YYYYMMDD');
  });

  it.each(['joh', 'do', 'jo do', 'Doe', 'John Doe', 'JOHN^DOE', 'doe john'])('given fuzzymatching and the words %s, then John^Doe is found', async (words) => {
    expect(await studiesBy(`PatientName=${encodeURIComponent(words)}&fuzzymatching=true`)).toEqual([john.studyInstanceUid]);
  });

  it.each(['ohn', 'oe', 'jo xx'])('given fuzzymatching and the words %s, then John^Doe is not found', async (words) => {
    expect(await studiesBy(`PatientName=${encodeURIComponent(words)}&fuzzymatching=true`)).toEqual([]);
  });

  it('given fuzzymatching, then ReferringPhysicianName matches by words too, and accents do not count', async () => {
    expect(await studiesBy('ReferringPhysicianName=ann&FuzzyMatching=True')).toEqual([abdomen.studyInstanceUid]);
    expect(await studiesBy('PatientName=jorg mull&FUZZYMATCHING=TRUE')).toEqual([abdomen.studyInstanceUid]);
  });

  it('given fuzzymatching=false, then words do not match', async () => {
    expect(await studiesBy('PatientName=joh&fuzzymatching=false')).toEqual([]);
  });

  it.each([',', '\\', '%5C', '%2C'])('given a list of StudyInstanceUIDs with %s between them, then all that exist are found', async (separator) => {
    const found = await studiesBy(`StudyInstanceUID=${[abdomen.studyInstanceUid, uidOf('none'), john.studyInstanceUid].join(separator)}`);
    expect(found.sort()).toEqual([abdomen.studyInstanceUid, john.studyInstanceUid].sort());
  });

  it.each(['PADDED', 'PADDED%00'])('given a value stored with null padding, then %s finds it', async (value) => {
    expect(await studiesBy(`AccessionNumber=${value}`)).toEqual([padded.studyInstanceUid]);
  });

  it('given null padding in the query, then values stored without it are found', async () => {
    expect(await studiesBy('AccessionNumber=acc-1%00')).toEqual([abdomen.studyInstanceUid]);
    expect(await studiesBy('PatientID=NULLS')).toEqual([padded.studyInstanceUid]);
  });
});

describe('Search by names', () => {
  const yamada = identityOf('yamada');
  const brien = identityOf('brien');

  beforeAll(async () => {
    await given(`${v2}/partitions/names`, [
      smallInstance(yamada, { with: [element(0x00100010, 'PN', 'Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046')] }),
      smallInstance(brien, { with: [element(0x00100010, 'PN', 'O\'Brien-Smith^M\u00e1ire^^Dr^')] }),
    ]);
  });
  const named = (query: string): Promise<unknown[]> => studiesBy(query, `${v2}/partitions/names`);

  it.each([['\u5c71\u7530'], ['\u5c71'], ['\u592a\u90ce'], ['\u3084\u307e'], ['yama tar']])('given fuzzymatching and %s, then the name is found in each of its groups', async (words) => {
    expect(await named(`fuzzymatching=true&PatientName=${encodeURIComponent(words)}`)).toEqual([yamada.studyInstanceUid]);
  });

  it.each([['o\'brien'], ['maire'], ['M\u00e1i dr'], ['M\u00c1IRE']])('given fuzzymatching and %s, then the name is found', async (words) => {
    expect(await named(`fuzzymatching=true&PatientName=${encodeURIComponent(words)}`)).toEqual([brien.studyInstanceUid]);
  });

  it.each([['O\'Brien-Smith^Maire^^Dr'], ['o\'brien-smith^m\u00e1ire^^dr^']])('given %s, then final delimiters do not count', async (name) => {
    expect(await named(`PatientName=${encodeURIComponent(name)}`)).toEqual([brien.studyInstanceUid]);
  });
});

describe('Search resources', () => {
  const [study, series] = [abdomen.studyInstanceUid, abdomen.seriesInstanceUid];

  it.each([
    ['/series?Modality=MR', SERIES, [abdomenMr.seriesInstanceUid]],
    ['/series?PatientID=pat-1&ManufacturerModelName=magnet', SERIES, [abdomenMr.seriesInstanceUid]],
    ['/series?PerformedProcedureStepStartDate=20240116', SERIES, [abdomenMr.seriesInstanceUid]],
    [`/series?SeriesInstanceUID=${series}`, SERIES, [series]],
    [`/studies/${study}/series`, SERIES, [abdomenMr.seriesInstanceUid, series]],
    [`/studies/${study}/series?Modality=ct`, SERIES, [series]],
    [`/instances?SOPInstanceUID=${abdomenSecond.sopInstanceUid}`, SOP, [abdomenSecond.sopInstanceUid]],
    ['/instances?PatientName=John^Doe&Modality=US', SOP, [john.sopInstanceUid]],
    [`/studies/${study}/instances`, SOP, [abdomenMr.sopInstanceUid, abdomenSecond.sopInstanceUid, abdomen.sopInstanceUid]],
    [`/studies/${study}/instances?Modality=MR`, SOP, [abdomenMr.sopInstanceUid]],
    [`/studies/${study}/series/${series}/instances`, SOP, [abdomenSecond.sopInstanceUid, abdomen.sopInstanceUid]],
    [`/studies/${study}/series/${series}/instances?SOPInstanceUID=${abdomen.sopInstanceUid}`, SOP, [abdomen.sopInstanceUid]],
  ])('given %s, then what matches is found, newest first', async (path, tag, uids) => {
    const { status, found } = await search(v2, path);
    expect(status).toBe(200);
    expect(valuesOf(found, tag)).toEqual(uids);
  });

  it.each([
    [`/studies/${study}/series?PatientID=pat-1`], [`/studies/${study}/instances?StudyDate=20240115`], [`/studies/${study}/series/${series}/instances?Modality=CT`],
    ['/studies?Modality=CT'], ['/series?SOPInstanceUID=1.2'], [`/studies?SeriesInstanceUID=${series}`],
  ])('given %s, which is not searchable there, then 400 that names the attribute', async (path) => {
    const { status, text } = await search(v2, path);
    expect(status).toBe(400);
    expect(text).toContain(/\?(\w+)=/.exec(path)![1]);
  });

  it('given a study or series that does not exist, then 204', async () => {
    expect((await search(v2, `/studies/${uidOf('none')}/series`)).status).toBe(204);
    expect((await search(v2, `/studies/${study}/series/${uidOf('none')}/instances`)).status).toBe(204);
  });

  it.each(['/studies/1_2/series', `/studies/${study}/series/${'1'.repeat(65)}/instances`])('given %s, then 400', async (path) => {
    expect((await search(v2, path)).status).toBe(400);
  });
});

describe('Search parameters that are not valid', () => {
  it.each([
    ['limit=0', 'limit'], ['limit=201', '200'], ['limit=-1', 'limit'], ['limit=x', 'limit'], ['offset=-1', 'offset'], ['offset=x', 'offset'], ['fuzzymatching=maybe', 'fuzzymatching'],
    ['PatientID=', 'PatientID'], ['PatientName=&fuzzymatching=true', 'PatientName'], ['NoSuchKeyword=1', 'NoSuchKeyword'], ['00280011=4', 'Columns'], ['TimezoneOffsetFromUTC=+0100', 'TimezoneOffsetFromUTC'], ['00080201=x', 'TimezoneOffsetFromUTC'],
    ['PatientID=a&PatientID=b', 'PatientID'], ['StudyInstanceUID=1_2', 'StudyInstanceUID'],
  ])('given %s, then 400 whose text has %s', async (query, word) => {
    const { status, text, headers } = await search(v2, `/studies?${query}`);
    expect(status).toBe(400);
    expect(text).toContain(word);
    expect(headers['content-type']).toContain('text/plain');
  });

  it('given an Accept header without DICOM JSON, then 406, before a bad parameter is seen', async () => {
    expect((await search(v2, '/studies?limit=0', { accept: 'application/dicom+xml' })).status).toBe(406);
    expect((await search(v2, '/studies/1_2/series', { accept: 'text/html' })).status).toBe(406);
  });

  it.each([
    'application/dicom+json, multipart/related; type="application/octet-stream"; transfer-syntax=*', 'application/json', '*/*', 'application/dicom+json;q=0.5, text/html', 'multipart/related; type=x, */*;q=0.1',
  ])('given the Accept header %s, then DICOM JSON', async (accept) => {
    const { status, headers } = await search(v2, '/studies', { accept });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/dicom\+json/);
  });
});

describe('Search paging', () => {
  const newestFirst = (): unknown[] => [newest, padded, john, abdomen].map(({ studyInstanceUid }) => studyInstanceUid);

  it('given no parameter, then all studies, newest first', async () => {
    expect(await studiesBy('')).toEqual(newestFirst());
  });

  it('given limit and offset, then the page, and pages join without gap or repeat', async () => {
    expect(await studiesBy('limit=1&offset=2')).toEqual([john.studyInstanceUid]);
    expect([...(await studiesBy('limit=3')), ...(await studiesBy('LIMIT=3&Offset=3'))]).toEqual(newestFirst());
  });

  it('given an offset past the end, then 204 under /v2 and an empty list under /dicom-web', async () => {
    expect((await search(v2, '/studies?offset=4')).status).toBe(204);
    expect((await search(web, '/studies?offset=4')).text).toBe('[]');
  });

  it('given no limit, then 100 results at most under /v2, up to 200 when asked, and 1,000 under /dicom-web', async () => {
    const root = '/partitions/paging';
    await given(`${v2}${root}`, Array.from({ length: 205 }, (_none, at) => smallInstance(identityOf('paging', 'series', String(at)))));
    expect((await search(v2, `${root}/instances`)).found).toHaveLength(100);
    expect((await search(v2, `${root}/instances?limit=200`)).found).toHaveLength(200);
    expect((await search(web, `${root}/instances`)).found).toHaveLength(205);
  });
});

describe('Search attributes', () => {
  const query = (more = ''): string => `?PatientID=pat-1${more}`;
  const only = async (path: string, root = v2) => (await search(root, path)).found[0];
  const studyDefaults = ['00080020', '00080050', '00080090', '00081030', '00100010', '00100020', '00100030', STUDY];
  const seriesDefaults = ['00080060', '00081090', SERIES, '00400244'];

  it('given a study and no includefield, then the default attributes of the conformance page', async () => {
    expect(keysOf(await only(`/studies${query()}`))).toEqual([...studyDefaults].sort());
  });

  it('given all series, then series and study attributes', async () => {
    expect(keysOf(await only(`/series${query()}`))).toEqual([...studyDefaults, ...seriesDefaults].sort());
  });

  it('given all instances, then instance, series and study attributes', async () => {
    expect(keysOf(await only(`/instances${query()}`))).toEqual([...studyDefaults, ...seriesDefaults, SOP].sort());
  });

  it('given the series of a study, then series attributes and the UID of the path', async () => {
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series`))).toEqual([...seriesDefaults, STUDY].sort());
  });

  it('given the instances of a study, then instance and series attributes and the UID of the path', async () => {
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/instances`))).toEqual([...seriesDefaults, SOP, STUDY].sort());
  });

  it('given the instances of a series, then instance attributes and the UIDs of the path', async () => {
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series/${abdomen.seriesInstanceUid}/instances`))).toEqual([SERIES, SOP, STUDY].sort());
  });

  it('given includefield=all, then the other attributes that are stored too', async () => {
    expect(keysOf(await only(`/studies${query('&includefield=all')}`))).toEqual([...studyDefaults, '00080005', '00080030', '00100040', '00101010', '00200010'].sort());
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series?includefield=All`))).toEqual([...seriesDefaults, STUDY, '00080005', '0008103E', '00200011', '00400245'].sort());
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series/${abdomen.seriesInstanceUid}/instances?includefield=all,StudyTime`)))
      .toEqual([SOP, SERIES, STUDY, '00080005', '00080016', '00200013', '00280008', '00280010', '00280011', '00280100'].sort());
  });

  it('given includefield as keyword, tag, list and repeated, then those attributes are added', async () => {
    expect(keysOf(await only(`/studies${query('&includefield=StudyTime,00200010&IncludeField=patientsex')}`))).toEqual([...studyDefaults, '00080030', '00200010', '00100040'].sort());
  });

  it('given an includefield that is unknown or of another level, then it is passed over', async () => {
    expect(keysOf(await only(`/studies${query('&includefield=NoSuchThing,Rows,99999999,00091001')}`))).toEqual([...studyDefaults].sort());
  });

  it('given a match by an attribute that is no default, then it is returned', async () => {
    const found = await only('/studies?ModalitiesInStudy=MR');
    expect(found?.['00080061']).toEqual({ vr: 'CS', Value: ['CT', 'MR'] });
  });

  it('given the counts as includefield, then the numbers of instances', async () => {
    expect((await only(`/studies${query('&includefield=NumberOfStudyRelatedInstances')}`))?.['00201208']).toEqual({ vr: 'IS', Value: [3] });
    expect((await only(`/series${query('&Modality=CT&includefield=NumberOfSeriesRelatedInstances')}`))?.['00201209']).toEqual({ vr: 'IS', Value: [2] });
  });

  it('given /v1, then the other attributes that are stored are returned by default', async () => {
    expect(keysOf(await only(`/studies${query()}`, v1))).toEqual(expect.arrayContaining([...studyDefaults, '00080005', '00080030', '00100040', '00200010']));
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series`, v1))).toEqual(expect.arrayContaining([...seriesDefaults, '0008103E', '00400245']));
    expect(keysOf(await only(`/studies/${abdomen.studyInstanceUid}/series/${abdomen.seriesInstanceUid}/instances`, v1))).toEqual(expect.arrayContaining([SOP, '00080016', '00200013', '00280010', '00280011', '00280100', '00280008']));
  });

  it('given /v1 and attributes that only includefield=all brings in, then they are not returned by default', async () => {
    expect(keysOf(await only(`/studies${query()}`, v1))).not.toContain('00101010');
    expect(keysOf(await only(`/studies${query('&includefield=all')}`, v1))).toContain('00101010');
  });

  it('given several instances of a study that differ, then the latest counts', async () => {
    const of = identityOf('latest');
    await given(v2, [smallInstance({ ...of, patientName: 'First^Name' })]);
    await given(v2, [smallInstance({ ...identityOf('latest', 'series', 'second'), patientName: 'Second^Name' })]);
    expect(await studiesBy(`StudyInstanceUID=${of.studyInstanceUid}&PatientName=Second^Name`)).toHaveLength(1);
    expect(await studiesBy(`StudyInstanceUID=${of.studyInstanceUid}&PatientName=First^Name`)).toHaveLength(0);
  });

  it('given an attribute of one value that wrongly has several, then the first is indexed', async () => {
    const of = identityOf('several values');
    await given(v2, [smallInstance(of, { with: [element(0x00080050, 'SH', 'ONE\\TWO')] })]);
    expect(await studiesBy('AccessionNumber=one')).toEqual([of.studyInstanceUid]);
    expect(await studiesBy('AccessionNumber=two')).toEqual([]);
  });
});

describe('Search under /dicom-web', () => {
  it.each([
    ['PatientName=*oh*'], ['PatientName=JOHN*'], ['00100020=*J?*'], ['AccessionNumber=j?'], ['PatientName=J*e&fuzzymatching=false&includefield=00081030,00080060&limit=101&offset=0'], ['ModalitiesInStudy=US,PT'],
    ['ModalitiesInStudy=US\\PT&StudyDate=20240201-20240201'], ['PatientID=JD&PatientName=*'], ['PatientID=JD&PatientName='],
  ])('given %s, then the study is found', async (query) => {
    expect(await studiesBy(query, web)).toEqual([john.studyInstanceUid]);
  });

  it('given nothing matches, then 200 and an empty list', async () => {
    const { status, text } = await search(web, '/studies?PatientID=nobody');
    expect([status, text]).toEqual([200, '[]']);
  });

  it('given a study, then the computed attributes of the standard are there', async () => {
    const { found } = await search(web, `/studies?StudyInstanceUID=${abdomen.studyInstanceUid}`);
    expect(found[0]).toMatchObject({
      '00080056': { vr: 'CS', Value: ['ONLINE'] }, '00080061': { vr: 'CS', Value: ['CT', 'MR'] }, '00081190': { vr: 'UR', Value: [`${web}/studies/${abdomen.studyInstanceUid}`] },
      '00201206': { vr: 'IS', Value: [2] }, '00201208': { vr: 'IS', Value: [3] },
    });
  });

  it('given a series and an instance, then RetrieveURL, counts and AvailableTransferSyntaxUID', async () => {
    const path = `/studies/${abdomen.studyInstanceUid}/series`;
    expect((await search(web, `${path}?Modality=CT`)).found[0]).toMatchObject({ '00201209': { vr: 'IS', Value: [2] }, '00081190': { vr: 'UR', Value: [`${web}${path}/${abdomen.seriesInstanceUid}`] } });
    expect((await search(web, `${path}/${abdomen.seriesInstanceUid}/instances`)).found[0]).toMatchObject({
      '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] }, '00081190': { vr: 'UR', Value: [`${web}${path}/${abdomen.seriesInstanceUid}/instances/${abdomenSecond.sopInstanceUid}`] },
    });
  });

  it('given keys that cannot be searched, then they are passed over with a Warning', async () => {
    const { status, headers } = await search(web, '/studies?PatientID=JD&NoSuchKeyword=1');
    expect(status).toBe(200);
    expect(headers.warning).toContain('NoSuchKeyword');
  });

  it('given a limit above the largest, then it is capped', async () => {
    expect((await search(web, '/studies?limit=1000000')).status).toBe(200);
  });

  it.each(['SeriesInstanceUID', 'SOPInstanceUID'])('given a list of %ss, then all of them are found', async (keyword) => {
    const list = keyword === 'SOPInstanceUID' ? [abdomen.sopInstanceUid, abdomenMr.sopInstanceUid] : [abdomen.seriesInstanceUid, abdomenMr.seriesInstanceUid];
    const { found } = await search(web, `/${keyword === 'SOPInstanceUID' ? 'instances' : 'series'}?${keyword}=${list.join(',')}`);
    expect(found).toHaveLength(2);
  });
});
