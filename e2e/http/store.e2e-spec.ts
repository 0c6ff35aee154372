import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { element } from '../support/dicom-writer.js';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { boundary, storeContentType } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { exchange } from './raw-exchange.js';
import { fixture, identityOf, identityOfFixture, secondaryCapture, smallInstance } from './small-instance.js';
import { given, send, store } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;
let web: string;

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2, web] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string, string];
});
afterAll(() => archive.end());

const STUDY = 0x0020000d;
const SERIES = 0x0020000e;
const SOP = 0x00080018;
const SOP_CLASS = 0x00080016;
const PATIENT_ID = 0x00100020;

const metadataOf = async (root: string, of: Identity): Promise<JsonDataset> => {
  const { status, body } = await call(`${root}${instancePath(of)}/metadata`);
  expect(status).toBe(200);
  return (JSON.parse(body.toString()) as JsonDataset[])[0]!;
};

const isStored = async (of: Identity): Promise<boolean> => {
  const { status } = await call(`${v2}/instances?SOPInstanceUID=${of.sopInstanceUid}`);
  return status === 200;
};

/** The whole file as it is stored. */
const bytesOf = async (of: Identity): Promise<Buffer> => {
  const { status, body } = await call(`${v2}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
  expect(status).toBe(200);
  return body;
};

describe('Store of instances', () => {
  it('given new instances as multipart, then 200 and each is referenced, in the order of the parts, with an empty FailedAttributesSequence', async () => {
    const many = ['c', 'a', 'b'].map((sop) => identityOf('multipart', 'series', sop));
    const { status, headers, stored, failed, retrieveUrl } = await store(v2, many.map((of) => smallInstance(of)));
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/dicom\+json/);
    expect(stored).toEqual(many.map((of) => ({
      sopClassUid: secondaryCapture, sopInstanceUid: of.sopInstanceUid, retrieveUrl: `${v2}${instancePath(of)}`, failureReason: undefined, warningReason: undefined, comments: [],
    })));
    expect(failed).toEqual([]);
    expect(retrieveUrl).toBeUndefined();
  });

  it('given a study in the path, then the answer has the RetrieveURL of the study', async () => {
    const of = identityOf('study in path');
    const { status, retrieveUrl } = await store(v2, [smallInstance(of)], { path: `/studies/${of.studyInstanceUid}` });
    expect({ status, retrieveUrl }).toEqual({ status: 200, retrieveUrl: `${v2}/studies/${of.studyInstanceUid}` });
  });

  it('given one file as application/dicom, then 200', async () => {
    const of = identityOf('single part');
    const { status, stored } = await send(v2, smallInstance(of), 'application/dicom');
    expect({ status, sop: stored[0]?.sopInstanceUid }).toEqual({ status: 200, sop: of.sopInstanceUid });
  });

  it('given a body without Content-Length, then 200', async () => {
    const { status } = await send(v2, [smallInstance(identityOf('chunked'))], 'application/dicom');
    expect(status).toBe(200);
  });

  it('given a preamble with a program in it, then it comes back as zeros and the rest byte for byte', async () => {
    const of = identityOf('preamble');
    const bytes = smallInstance(of, { preamble: 'MZ\x90\x00 this could run' });
    await given(v2, [bytes]);
    expect((await bytesOf(of)).equals(Buffer.concat([Buffer.alloc(128), bytes.subarray(128)]))).toBe(true);
  });

  it('given some instances that fail, then 202 with both sequences', async () => {
    const of = identityOf('mixed');
    const { status, stored, failed } = await store(v2, [Buffer.from('no DICOM'), smallInstance(of), smallInstance(identityOf('mixed', 'series', 'x'), { without: [PATIENT_ID] })]);
    expect(status).toBe(202);
    expect(stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([of.sopInstanceUid]);
    expect(failed.map(({ failureReason, sopInstanceUid }) => [failureReason, sopInstanceUid])).toEqual([[43264, undefined], [43264, identityOf('mixed', 'series', 'x').sopInstanceUid]]);
  });

  it('given no part, then 204', async () => {
    expect((await send(v2, Buffer.from(`--${boundary}--\r\n`), storeContentType)).status).toBe(204);
    expect((await send(v2, Buffer.alloc(0), 'application/dicom')).status).toBe(204);
  });

  it('given an empty part, then it is a failed instance', async () => {
    const { status, failed } = await store(v2, [Buffer.alloc(0)]);
    expect({ status, reasons: failed.map(({ failureReason }) => failureReason) }).toEqual({ status: 409, reasons: [43264] });
  });

  it('given the Accept header */* or none, then 200 and DICOM JSON', async () => {
    for (const accept of ['*/*', undefined]) {
      const { status, headers } = await call(`${v2}/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom', ...(accept !== undefined && { accept }) }, body: smallInstance(identityOf('accept', String(accept))) });
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^application\/dicom\+json/);
    }
  });

  it.each(['application/dicom+xml', 'application/xml', 'text/html', 'application/dicom'])('given the Accept header %s, then 406 and nothing is stored', async (accept) => {
    const of = identityOf('not acceptable', accept);
    const { status, text } = await store(v2, [smallInstance(of)], { headers: { accept } });
    expect(status).toBe(406);
    expect(text).toContain('application/dicom+json');
    expect(await isStored(of)).toBe(false);
  });

  it('given application/dicom+xml beside */*, then DICOM JSON', async () => {
    const { status } = await store(v2, [smallInstance(identityOf('xml or all'))], { headers: { accept: 'application/dicom+xml, */*;q=0.1' } });
    expect(status).toBe(200);
  });

  it.each(['text/plain', 'application/json', 'multipart/related; type="application/json"; boundary=x', 'multipart/form-data; boundary=x', undefined])('given the Content-Type %s, then 415', async (contentType) => {
    const { status, text } = await send(v2, smallInstance(identityOf('unsupported')), contentType);
    expect(status).toBe(415);
    expect(text).toContain('application/dicom');
  });

  it('given multipart without a boundary, then 400', async () => {
    expect((await send(v2, Buffer.from('--x--'), 'multipart/related; type="application/dicom"')).status).toBe(400);
  });

  it.each(['1.2.3_4', '1%2F2', '9'.repeat(65)])('given the study %s in the path, then 400 that says what a UID is', async (study) => {
    const { status, text } = await store(v2, [smallInstance(identityOf('bad path'))], { path: `/studies/${study}` });
    expect(status).toBe(400);
    expect(text).toMatch(/1 to 64 letters, digits/);
  });

  it.each(['.', '..'])('given the study %s in the path, then 400', async (study) => {
    const answer = await exchange(archive.baseUrl, `POST /v2/studies/${study} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dicom\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each(['text/plain', 'nonsense', ';'])('given a part whose Content-Type is %s, then it fails with 43264', async (contentType) => {
    const body = Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\nhello\r\n--${boundary}--`);
    const { status, failed } = await send(v2, body, storeContentType);
    expect({ status, reasons: failed.map(({ failureReason }) => failureReason) }).toEqual({ status: 409, reasons: [43264] });
  });
});

describe('Store of odd multipart bodies', () => {
  const part = (headers: string, bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`--${boundary}\r\n${headers}\r\n`), bytes, Buffer.from('\r\n')]);
  const last = `--${boundary}--`;
  const withLineEnds = (name: string): Buffer => smallInstance(identityOf(name), { with: [element(0x00204000, 'LT', 'a\r\n\r\nb\r\n--no boundary\r\n')] });

  it.each([
    ['a CRLF before the first boundary', '\r\n', 'Content-Type: application/dicom\r\n', `${last}\r\n`, storeContentType],
    ['a preamble text', 'read me\r\n', 'Content-Type: application/dicom\r\n', last, storeContentType],
    ['no CRLF at its end', '', 'Content-Type: application/dicom\r\n', last, storeContentType],
    ['an epilogue', '', 'Content-Type: application/dicom\r\n', `${last}\r\nbye`, storeContentType],
    ['a part without headers', '', '', last, storeContentType],
    ['parameters on the part', '', 'Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1; x="y;z"\r\nContent-Location: /x\r\n', last, storeContentType],
    ['no type parameter', '', 'content-type: application/dicom\r\n', last, `multipart/related; boundary=${boundary}`],
    ['parameters in another order, quoted', '', 'CONTENT-TYPE: application/dicom\r\n', last, `Multipart/Related; boundary="${boundary}"; start="<a>"; type=application/dicom`],
  ])('given %s, then 200 and the bytes are the sender\'s', async (name, before, headers, after, contentType) => {
    const bytes = withLineEnds(name);
    const { status } = await send(v2, Buffer.concat([Buffer.from(before), part(headers, bytes), Buffer.from(after)]), contentType);
    expect(status).toBe(200);
    expect((await bytesOf(identityOf(name))).equals(bytes)).toBe(true);
  });

  it('given a body that ends without its last boundary, then 400 or a failed instance, and it is not stored', async () => {
    const of = identityOf('cut body');
    const bytes = part('Content-Type: application/dicom\r\n', smallInstance(of));
    const { status } = await send(v2, bytes.subarray(0, bytes.length - 10), storeContentType);
    expect([400, 409]).toContain(status);
    expect(await isStored(of)).toBe(false);
  });
});

describe('Store of an instance that exists', () => {
  it('given the same bytes by POST, then 409 with 45070 that says so', async () => {
    const bytes = smallInstance(identityOf('same bytes'));
    await given(v2, [bytes]);
    const { status, failed } = await store(v2, [bytes]);
    expect(status).toBe(409);
    expect(failed).toMatchObject([{ failureReason: 45070, sopClassUid: secondaryCapture, sopInstanceUid: identityOf('same bytes').sopInstanceUid, comments: [expect.stringContaining('identical')] }]);
  });

  it('given other bytes by POST, then 409 with 45070 and the stored ones stay', async () => {
    const of = identityOf('other bytes');
    await given(v2, [smallInstance(of)]);
    const { status, failed } = await store(v2, [smallInstance({ ...of, patientName: 'Other' })]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 45070 });
    expect((await metadataOf(v2, of))['00100010']?.Value).toEqual([{ Alphabetic: 'Doe^Jane' }]);
  });

  it('given the same instance twice in one request, then the first is stored and the second fails with 45070', async () => {
    const bytes = smallInstance(identityOf('twice'));
    const { status, stored, failed } = await store(v2, [bytes, bytes]);
    expect({ status, stored: stored.length, reasons: failed.map(({ failureReason }) => failureReason) }).toEqual({ status: 202, stored: 1, reasons: [45070] });
  });

  it('given other bytes by PUT, then 200 and they replace the stored ones', async () => {
    const of = identityOf('put');
    await given(v2, [smallInstance(of)]);
    const bytes = smallInstance({ ...of, patientName: 'Put^Other' });
    const { status, stored } = await store(v2, [bytes], { method: 'PUT' });
    expect({ status, retrieveUrl: stored[0]?.retrieveUrl }).toEqual({ status: 200, retrieveUrl: `${v2}${instancePath(of)}` });
    expect((await bytesOf(of)).equals(bytes)).toBe(true);
    expect((await call(`${v2}/studies?StudyInstanceUID=${of.studyInstanceUid}&PatientName=Put^Other`)).status).toBe(200);
  });

  it('given a new instance by PUT, with and without a study in the path, then 200', async () => {
    const of = identityOf('put new');
    expect((await store(v2, [smallInstance(of)], { method: 'PUT', path: `/studies/${of.studyInstanceUid}` })).status).toBe(200);
    expect((await store(v2, [smallInstance(identityOf('put new', 'other'))], { method: 'PUT' })).status).toBe(200);
  });

  it('given a study mismatch by PUT, then 409 with 43265', async () => {
    const { status, failed } = await store(v2, [smallInstance(identityOf('put mismatch'))], { method: 'PUT', path: `/studies/${uidOf('another')}` });
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43265 });
  });

  it('given the same SOPInstanceUID in another series, then it is another instance', async () => {
    const of = identityOf('two series');
    await given(v2, [smallInstance(of)]);
    expect((await store(v2, [smallInstance({ ...of, seriesInstanceUid: uidOf('elsewhere') })])).status).toBe(200);
  });
});

describe('Store of an instance by several at once', () => {
  it('given ten POSTs of one instance, then one stores it and nine fail with 45070', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => store(v2, [smallInstance(identityOf('ten posts'))])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect(new Set(answers.flatMap(({ failed }) => failed.map(({ failureReason }) => failureReason)))).toEqual(new Set([45070]));
  });

  it('given ten PUTs of one instance, then all succeed, and one of them is what is there', async () => {
    const of = identityOf('ten puts');
    const files = Array.from({ length: 10 }, (_none, at) => smallInstance({ ...of, patientName: `Put^${at}` }));
    expect((await Promise.all(files.map((bytes) => store(v2, [bytes], { method: 'PUT' })))).map(({ status }) => status)).toEqual(files.map(() => 200));
    const kept = await bytesOf(of);
    const { Value: [name] = [] } = (await metadataOf(v2, of))['00100010']!;
    expect(kept.equals(files.find((bytes) => bytes.includes((name as { Alphabetic: string }).Alphabetic))!)).toBe(true);
    expect((await call(`${v2}/studies/${of.studyInstanceUid}/instances`)).body.toString().match(/00080018/g)).toHaveLength(1);
  });

  it('given parts of one study in ten requests at once, then all are stored and counted', async () => {
    const parts = Array.from({ length: 10 }, (_none, at) => identityOf('ten requests', String(at % 3), String(at)));
    expect((await Promise.all(parts.map((of) => store(v2, [smallInstance(of)])))).map(({ status }) => status)).toEqual(parts.map(() => 200));
    const { body } = await call(`${web}/studies?StudyInstanceUID=${parts[0]!.studyInstanceUid}`);
    expect((JSON.parse(body.toString()) as JsonDataset[])[0]).toMatchObject({ '00201206': { Value: [3] }, '00201208': { Value: [10] } });
  });
});

describe('Store of UIDs that are unlike others', () => {
  it.each([['letters that differ in case only', 'Case-Twin.A', 'case-twin.a'], ['three dots', '...', '1...2'], ['names of devices and options', 'CON', '-rf'], ['a final dot', '1.2.', '1.2']])(
    'given %s, then each has its own instance', async (name, one, other) => {
      const instances = [one, other].map((uid) => ({ studyInstanceUid: uid, seriesInstanceUid: uid, sopInstanceUid: uid }));
      const files = instances.map((of) => smallInstance(of, { with: [element(0x00081030, 'LO', name)] }));
      await given(v2, files);
      for (const [at, of] of instances.entries()) expect((await bytesOf(of)).equals(files[at]!)).toBe(true);
    });
});

describe('Store of instances that are not valid', () => {
  it('given an instance of another study than the path names, then 409 with 43265 and no RetrieveURL', async () => {
    const of = identityOf('mismatch');
    const { status, failed, retrieveUrl } = await store(v2, [smallInstance(of)], { path: `/studies/${uidOf('another')}` });
    expect(status).toBe(409);
    expect(failed).toMatchObject([{ failureReason: 43265, sopInstanceUid: of.sopInstanceUid, sopClassUid: secondaryCapture }]);
    expect(retrieveUrl).toBeUndefined();
    expect(await isStored(of)).toBe(false);
  });

  it.each([
    ['StudyInstanceUID', STUDY], ['SeriesInstanceUID', SERIES], ['SOPInstanceUID', SOP], ['SOPClassUID', SOP_CLASS], ['PatientID', PATIENT_ID],
  ])('given no %s, then 409 with 43264 and a comment that names it', async (name, tag) => {
    const { status, failed } = await store(v2, [smallInstance(identityOf('missing', name), { without: [tag] })]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43264 });
    const written = `${(tag >>> 16).toString(16).padStart(4, '0')},${(tag & 0xffff).toString(16).padStart(4, '0')}`;
    expect(String(failed[0]?.comments).toLowerCase()).toContain(written);
  });

  it.each([
    ['StudyInstanceUID', STUDY], ['SeriesInstanceUID', SERIES], ['SOPInstanceUID', SOP], ['SOPClassUID', SOP_CLASS],
  ])('given a %s that is empty, of 65 characters, of dots alone or with a slash, then 409 with 43264', async (name, tag) => {
    for (const uid of ['', '1'.repeat(65), '.', '..', '1/2', 'a b', '1_2']) {
      const { status, failed } = await store(v2, [smallInstance(identityOf('bad uid', name, uid), { with: [element(tag, 'UI', uid)] })]);
      expect({ uid, status, reason: failed[0]?.failureReason }).toEqual({ uid, status: 409, reason: 43264 });
    }
  });

  it('given UIDs of 64 letters, digits, dots and hyphens, then 200', async () => {
    const uid = (last: string): string => `a-Z.09${'x'.repeat(57)}${last}`;
    const of = { studyInstanceUid: uid('1'), seriesInstanceUid: uid('2'), sopInstanceUid: uid('3') };
    expect((await store(v2, [smallInstance(of)])).status).toBe(200);
    expect((await call(`${v2}${instancePath(of)}`)).status).toBe(200);
  });

  it('given UIDs padded with spaces and nulls, then they are the same UIDs', async () => {
    const of = identityOf('padded uid');
    await given(v2, [smallInstance(of)]);
    const padded = smallInstance(of, { with: [element(SOP, 'UI', `${of.sopInstanceUid}  `), element(STUDY, 'UI', `${of.studyInstanceUid}\0\0`)] });
    const { status, failed } = await store(v2, [padded], { path: `/studies/${of.studyInstanceUid}` });
    expect({ status, reason: failed[0]?.failureReason, sop: failed[0]?.sopInstanceUid }).toEqual({ status: 409, reason: 45070, sop: of.sopInstanceUid });
  });

  it.each(['empty', 'text', 'preamble-only', 'cut-in-header', 'cut-in-value', 'cut-in-pixels', 'cut-in-fragment', 'no-sequence-delimiter', 'length-past-end', 'cut-implicit', 'no-sop-instance-uid', 'empty-study-uid', 'uid-of-dots', 'uid-too-long', 'no-patient-id'])(
    'given the invalid file %s, then 409 with 43264', async (name) => {
      const { status, failed } = await store(v2, [fixture(`invalid/${name}.dcm`)]);
      expect({ status, reasons: failed.map(({ failureReason }) => failureReason) }).toEqual({ status: 409, reasons: [43264] });
    });

  it('given Implicit VR under /v2, then 409 with 43264; under /dicom-web 200', async () => {
    const bytes = fixture('transfer-syntax/implicit-le.dcm');
    const { status, failed } = await store(v2, [bytes]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43264 });
    expect((await store(web, [bytes], { path: `/studies/${identityOfFixture('transfer-syntax/implicit-le.dcm').studyInstanceUid}` })).status).toBe(200);
  });

  it('given a PatientID of 65 characters, then 409 with 43264', async () => {
    const { status, failed } = await store(v2, [smallInstance({ ...identityOf('long id'), patientId: 'x'.repeat(65) })]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43264 });
  });

  it('given an empty PatientID, then 202 with warning 1, and a PatientID that the study has stays', async () => {
    const of = identityOf('null patient');
    await given(v2, [smallInstance({ ...of, patientId: 'KNOWN' })]);
    const { status, stored } = await store(v2, [smallInstance({ ...identityOf('null patient', 'series', 'second'), patientId: '' })]);
    expect({ status, warning: stored[0]?.warningReason }).toEqual({ status: 202, warning: 1 });
    expect((await call(`${v2}/studies?PatientID=KNOWN&StudyInstanceUID=${of.studyInstanceUid}`)).status).toBe(200);
  });

  it('given a searchable attribute that is not valid, then 202 with warning 1 in the words of the conformance page', async () => {
    const of = identityOf('bad date');
    const { status, stored } = await store(v2, [smallInstance({ ...of, studyDate: 'NotAValidDate' })]);
    expect(status).toBe(202);
    expect(stored).toMatchObject([{ warningReason: 1, comments: ['DICOM100: (0008,0020) - Content "NotAValidDate" does not validate VR DA: one of the date values does not match the pattern YYYYMMDD'] }]);
  });

  it('given an attribute that is not valid, then it stays in the file, and metadata and search do not have it', async () => {
    const of = identityOf('left out');
    const bytes = smallInstance({ ...of, studyDate: 'NotAValidDate' });
    await given(v2, [bytes]);
    expect(await metadataOf(v2, of)).not.toHaveProperty('00080020');
    const { body } = await call(`${v2}/studies?StudyInstanceUID=${of.studyInstanceUid}`);
    expect((JSON.parse(body.toString()) as JsonDataset[])[0]).not.toHaveProperty('00080020');
    expect((await bytesOf(of)).equals(bytes)).toBe(true);
  });

  it('given several attributes that are not valid, then a comment for each, and one for a sequence', async () => {
    const bad = (text: string): Buffer => element(0x00080023, 'DA', text);
    const { stored } = await store(v2, [smallInstance(identityOf('several'), { with: [
      element(0x00080020, 'DA', 'x\\y'), element(0x0008002a, 'DT', 'NotAValidDate'), element(0x00081032, 'SQ', [[bad('a'), element(0x00080033, 'TM', 'b')], [bad('c')]]),
    ] })]);
    expect(stored[0]?.warningReason).toBe(1);
    expect(stored[0]?.comments).toHaveLength(3);
    expect(stored[0]?.comments?.[1]).toBe('DICOM100: (0008,002a) - Content "NotAValidDate" does not validate VR DT: value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]');
  });

  it('given an invalid attribute that a later instance has right, then it can be searched for', async () => {
    const of = identityOf('corrected');
    await given(v2, [smallInstance({ ...of, studyDate: 'wrong' })]);
    await given(v2, [smallInstance({ ...identityOf('corrected', 'series', 'second'), studyDate: '20250607' })]);
    expect((await call(`${v2}/studies?StudyDate=20250607&StudyInstanceUID=${of.studyInstanceUid}`)).status).toBe(200);
  });

  it('given another SOP class in the file meta information, then 202 with warning 45063', async () => {
    const { status, stored } = await store(v2, [smallInstance(identityOf('class'), { metaSopClassUid: '1.2.840.10008.5.1.4.1.1.2' })]);
    expect({ status, warning: stored[0]?.warningReason, sopClass: stored[0]?.sopClassUid }).toEqual({ status: 202, warning: 45063, sopClass: secondaryCapture });
  });

  it('given values padded with nulls, then 200 without a warning, and metadata has the nulls', async () => {
    const of = identityOf('nulls');
    const { status, stored } = await store(v2, [smallInstance(of, { with: [element(0x00080050, 'SH', 'NULLPAD\0')] })]);
    expect({ status, comments: stored[0]?.comments }).toEqual({ status: 200, comments: [] });
    expect((await metadataOf(v2, of))['00080050']).toEqual({ vr: 'SH', Value: ['NULLPAD\0'] });
  });

  it('given the fixture with invalid values, then 202 with warning 1 and a comment for each', async () => {
    const { status, stored } = await store(v2, [fixture('odd/invalid-values.dcm')]);
    expect({ status, warning: stored[0]?.warningReason }).toEqual({ status: 202, warning: 1 });
    expect(stored[0]?.comments?.length).toBeGreaterThan(1);
    for (const comment of stored[0]?.comments ?? []) expect(comment).toMatch(/^DICOM100: \([0-9a-f]{4},[0-9a-f]{4}\) - /);
  });
});

describe('Store under /v1', () => {
  it('given a searchable attribute that is not valid, then 409 with 43264', async () => {
    const { status, failed } = await store(v1, [smallInstance({ ...identityOf('v1 date'), studyDate: 'NotAValidDate' })]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43264 });
    expect(String(failed[0]?.comments)).toContain('(0008,0020)');
  });

  it('given an attribute that is not searchable and not valid, then it is stored', async () => {
    const { status } = await store(v1, [smallInstance(identityOf('v1 other'), { with: [element(0x00080023, 'DA', 'wrong')] })]);
    expect([200, 202]).toContain(status);
  });

  it('given an empty PatientID, then 409 with 43264', async () => {
    const { status, failed } = await store(v1, [smallInstance({ ...identityOf('v1 patient'), patientId: '' })]);
    expect({ status, reason: failed[0]?.failureReason }).toEqual({ status: 409, reason: 43264 });
  });

  it('given a valid instance, then 200 without FailedAttributesSequence, and the RetrieveURL has v1', async () => {
    const of = identityOf('v1 valid');
    const { status, stored } = await store(v1, [smallInstance(of)]);
    expect(status).toBe(200);
    expect(stored).toMatchObject([{ retrieveUrl: `${v1}${instancePath(of)}`, comments: undefined }]);
  });
});

describe('Store under /dicom-web', () => {
  it('given the same bytes again, then 200, and the answer says that they were there', async () => {
    const bytes = smallInstance(identityOf('web same'));
    const wasThere = '"00991002":{"vr":"CS","Value":["SAME"]}';
    expect((await store(web, [bytes])).text).not.toContain(wasThere);
    const { status, text } = await store(web, [bytes]);
    expect(status).toBe(200);
    expect(text).toContain(wasThere);
  });

  it('given no PatientID, then it is stored', async () => {
    const of = identityOf('web no id');
    const { status } = await store(web, [smallInstance(of, { without: [PATIENT_ID] })]);
    expect([200, 202]).toContain(status);
    expect(await isStored(of)).toBe(true);
  });

  it('given instances of one study, then the answer has the RetrieveURL of the study', async () => {
    const of = identityOf('web one study');
    const { retrieveUrl } = await store(web, [smallInstance(of)]);
    expect(retrieveUrl).toBe(`${web}/studies/${of.studyInstanceUid}`);
  });
});

describe('RetrieveURL', () => {
  it.each([
    ['Forwarded', { forwarded: 'for=10.0.0.1;host=pacs.example:8443;proto=https, for=10.0.0.2;host=inner' }, 'https://pacs.example:8443'],
    ['X-Forwarded headers', { 'x-forwarded-host': 'pacs.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/imaging' }, 'https://pacs.example/imaging'],
    ['Host', { host: 'localhost:1234' }, 'http://localhost:1234'],
  ])('given %s, then it is the address that the client used', async (name, headers, base) => {
    const of = identityOf('forwarded', name);
    const { stored } = await store(v2, [smallInstance(of)], { headers });
    expect(stored[0]?.retrieveUrl).toBe(`${base}/v2${instancePath(of)}`);
  });

  it('given a host that is none, then it is passed over', async () => {
    const of = identityOf('bad host');
    const { stored } = await store(v2, [smallInstance(of)], { headers: { 'x-forwarded-host': 'a.example/evil?x="' } });
    expect(stored[0]?.retrieveUrl).toBe(`${v2}${instancePath(of)}`);
  });
});
