import { makeApiDocument, routes, type Dialect, type Route } from '@isocenter/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startArchive, type Archive } from '../support/archive.js';
import { call, open, type Answer } from '../support/http-call.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
const there = identityOf('bad input');

beforeAll(async () => {
  archive = await startArchive({ env: { WEBHOOK_HOSTS: 'localhost', WEBHOOK_ALLOW_PRIVATE: 'true' } });
  await given(`${archive.baseUrl}/v2`, [smallInstance(there)]);
  await call(`${archive.baseUrl}/v2/extendedquerytags`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from('[{"path":"PatientSex","level":"Study"}]') });
});
afterAll(() => archive.end());

interface Edges {
  /** 400 by a sentence that has the name, the value and what is allowed. */
  readonly bad: readonly string[];
  readonly good: readonly string[];
  /** What the sentence says is allowed. */
  readonly allowed: RegExp;
  /** Whether two of them are refused. */
  readonly once: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly type?: unknown; readonly minimum?: number; readonly maximum?: number };
}

const huge = '9'.repeat(30);
const manyUids = Array.from({ length: 600 }, (_none, at) => `1.${at}`).join(',');

const number = ({ schema: { minimum = 0, maximum } }: Parameter): Edges => ({
  bad: [String(minimum - 1), '-1', 'x', '', '1.5', '1e2', '0x1', ...(maximum === undefined ? [] : [String(maximum + 1), huge])],
  good: [String(minimum), '007', ...(maximum === undefined ? [huge] : [String(maximum)])], allowed: /whole number from \d|sequence number from \d/, once: true,
});
const flag: Edges = { bad: ['maybe', '1', '', 'true false'], good: ['true', 'True', 'FALSE'], allowed: /true and false/, once: true };
const date: Edges = {
  bad: ['x', '', '-', '--', '2024', '202401', '2024-01-01', '20241301', '20240132', '20240102-20240101', '20240101-x', '20240101-20240102-20240103', huge], good: ['20240229', '20240101-20240101', '20240101-', '-20240101', '00010101', '99991231'], allowed: /YYYYMMDD|no value/, once: true,
};
const uid: Edges = { bad: ['', '1_2', 'x'.repeat(65), '1 2', '%2F', 'ü', '*'], good: ['1', 'x'.repeat(64), 'a.B-c'], allowed: /1 to 64 letters|no value/, once: true };
const text: Edges = { bad: ['', '%00', '%20'], good: ['x', 'x'.repeat(2_000), '%25', '*', 'ü', '%F0%9F%A9%BB', "'; --"], allowed: /no value/, once: true };
const moment: Edges = {
  bad: ['x', '', '2026-01-01', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01T00:00:00%2B99:99', '0000-01-01T00:00:00%2B14:00', huge],
  good: ['2026-01-01T00:00:00Z', '2026-01-01T00:00Z', '2026-01-01T00:00:00.1234567%2B02:00', '2028-02-29T23:59:59Z'], allowed: /time zone/, once: true,
};

/** Edges of every query parameter of the documents, by its name. `includefield` has none: what is unknown is passed over. */
const edges: Readonly<Record<string, Edges | ((parameter: Parameter) => Edges)>> = {
  limit: number, offset: number, quality: number, fromSequence: number, toSequence: number,
  fuzzymatching: flag, includeMetadata: flag, repair: flag,
  objects: { bad: ['all', '', '1', huge], good: ['presence', 'Digest'], allowed: /presence and digest/, once: true },
  task: { bad: ['all', '', '1', huge], good: ['rebuild', 'Digest', 'undecided'], allowed: /rebuild, undecided and digest/, once: true },
  startTime: moment, endTime: moment,
  StudyDate: date, PatientBirthDate: date, PerformedProcedureStepStartDate: date,
  StudyInstanceUID: { ...uid, bad: [...uid.bad, '1,2_3', '1\\2_3', ',', manyUids], good: [...uid.good, '1,2', '1\\2'] }, SeriesInstanceUID: uid, SOPInstanceUID: uid,
  PatientName: text, PatientID: text, AccessionNumber: text, ReferringPhysicianName: text, StudyDescription: text, ModalitiesInStudy: text, Modality: text, ManufacturerModelName: text,
  includefield: { bad: [], good: ['', 'all', 'x', 'PatientName,00100020', '99999999', ','], allowed: /./, once: false },
};

/** Edges of every part of a path, by its name. */
const pathEdges: Readonly<Record<string, Edges>> = {
  ...Object.fromEntries(['study', 'series', 'instance'].map((name) => [name, { bad: ['1_2', 'x'.repeat(65), '%20', '%00', '1%2F2', '%C3%BC', '*'], good: ['1', 'x'.repeat(64)], allowed: /1 to 64 letters/, once: false }])),
  frames: { bad: ['0', '-1', '1.5', 'x', '%20', '1,,1', '1,', ',1', '1-2', '99999999999', '1,0'], good: ['1', '1%2C1', '1,%201', '01'], allowed: /whole numbers from 1/, once: false },
  frame: { bad: ['0', '-1', '1.5', 'x', '%20', '1,1', '1-2', '99999999999'], good: ['1', '01', '%201'], allowed: /one whole number from 1/, once: false },
  tag: { bad: ['0010', '001000200', 'gggg0010', 'NoSuchKeyword', '%20', '%C3%BC'], good: ['00100040', 'PatientSex', '0010004a'], allowed: /keywords and tags/, once: false },
  partition: { bad: ['a%20b', 'a%2Fb', 'x'.repeat(65), 'a!', '%C3%BC', '%', 'Unknown'], good: ['Microsoft.Default'], allowed: /1 to 64 letters|does not exist/, once: false },
};
/** Ids that we give: any text may be asked for, and what is none is not found. */
const anyText: readonly string[] = ['webhook', 'operation'];

const azure: readonly Dialect[] = ['azure-v2', 'azure-v1'];
const rootOf: Readonly<Record<Dialect, string>> = { 'azure-v2': '/v2', 'azure-v1': '/v1', 'dicom-web': '/dicom-web' };

const pathTo = (path: string, over: Readonly<Record<string, string>> = {}): string => {
  const known: Record<string, string> = { study: there.studyInstanceUid, series: there.seriesInstanceUid, instance: there.sopInstanceUid, frames: '1', frame: '1', tag: 'PatientSex', ...over };
  const uids = `studyUID=${known.study}&seriesUID=${known.series}&objectUID=${known.instance}`;
  return path.replace('/wado', `/wado?requestType=WADO&${uids}`).replace('*', '7FE00010').replaceAll(/:(\w+)/g, (_whole, name: string) => known[name] ?? '0');
};

/** A stream is given up when its head is there. */
const ask = async (path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}, body?: Buffer): Promise<{ status: number; text: string; headers: Answer['headers'] }> => {
  const response = await open(`${archive.baseUrl}${path.replaceAll('ü', '%C3%BC').replaceAll(' ', '%20').replaceAll('\\', '%5C')}`, { method, headers, ...(body && { body }) });
  const { statusCode: status = 0 } = response;
  if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
    response.destroy();
    return { status, text: '', headers: response.headers };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status, text: Buffer.concat(chunks).toString('utf8'), headers: response.headers };
};

/** One sentence of text, or two, that names what was wrong. */
const expectRefused = (what: string, answer: { status: number; text: string; headers: Answer['headers'] }, status: number, ...words: readonly (string | RegExp)[]): void => {
  expect([what, answer.status, answer.text]).toEqual([what, status, answer.text]);
  expect([what, answer.headers['content-type']]).toEqual([what, 'text/plain; charset=utf-8']);
  expect(answer.text).toMatch(/^[A-Z][^\n]*\.$/);
  for (const word of words) expect([what, answer.text]).toEqual([what, typeof word === 'string' ? expect.stringContaining(word) : expect.stringMatching(word)]);
};

const shown = (value: string): string => {
  try {
    return decodeURIComponent(value).replaceAll(/^[\s\0]+|[\s\0]+$/g, '').slice(0, 40);
  } catch {
    return value.slice(0, 40);
  }
};

interface Query {
  readonly dialect: Dialect;
  readonly route: Route;
  readonly parameter: Parameter;
}

const queriesOf = (dialect: Dialect): Query[] => routes.filter((route) => route.dialects.includes(dialect)).flatMap((route) => {
  const operation = makeApiDocument(dialect).paths[route.path.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')]?.[route.method.toLowerCase()];
  return ((operation?.parameters ?? []) as readonly Parameter[]).filter((parameter) => parameter.in === 'query').map((parameter) => ({ dialect, route, parameter }));
});
const nameOf = ({ dialect, route, parameter }: Query): string => `${parameter.name} of ${route.method} ${rootOf[dialect]}${route.path}`;
const edgesOf = (query: Query): Edges => {
  const found = edges[query.parameter.name];
  if (!found) throw new Error(`The query parameter '${nameOf(query)}' has no edges. Add '${query.parameter.name}' to edges in e2e/http/bad-input.e2e-spec.ts: values that are refused, values that are not, and what the refusal says.`);
  return typeof found === 'function' ? found(query.parameter) : found;
};

describe('Bad input in the query', () => {
  it.each([...azure.flatMap(queriesOf), ...queriesOf('dicom-web').filter(({ route }) => route.path.startsWith('/changefeed'))].map((query) => [nameOf(query), query] as const))('given the edges of %s, then 400 that names it, its value and what is allowed, and within them an answer', async (_name, query) => {
    const { bad, good, allowed, once } = edgesOf(query);
    const { route: { path, method }, parameter: { name }, dialect } = query;
    const at = `${rootOf[dialect]}${pathTo(path)}`;
    for (const value of bad) {
      const answer = await ask(`${at}?${name}=${value}`, method);
      if (value === manyUids) expect([400, 414]).toContain(answer.status);
      else expectRefused(`${name}=${value}`, answer, 400, name, shown(value), allowed);
    }
    for (const value of good) {
      const { status, text: body } = await ask(`${at}?${name}=${value}`, method);
      // A second one waits for the end of the first.
      expect([name, value, [200, 202, 204, ...(['/check', '/rebuild-index'].includes(path) ? [409] : [])].includes(status) || `${status} ${body}`]).toEqual([name, value, true]);
    }
    const [value] = good;
    if (once) expectRefused(`${name} twice`, await ask(`${at}?${name}=${value}&${name.toUpperCase()}=${value}`, method), 400, /twice/i, /give (it|each)/);
  });

  it.each(['?PatientID=%', '?PatientID=%zz', '?PatientID=M%FCller', '?PatientID=%ED%A0%80', '?%FF=1'])('given the query %s, whose encoding is not UTF-8, then 400 under each root', async (query) => {
    for (const root of Object.values(rootOf)) expectRefused(query, await ask(`${root}/studies${query}`), 400, 'percent sign', '%25');
  });

  it('given an attribute that is unknown, not searchable or no tag, then 400 that names it', async () => {
    for (const name of ['NoSuchKeyword', '0010', '001000200', 'gggg0010', '7FE00010', 'PixelData', '(0010,0020)', '__proto__', 'constructor']) expectRefused(name, await ask(`/v2/studies?${name}=1`), 400, /cannot be searched|is not known/, /search|allowed/);
  });
});

describe('Bad input in the path', () => {
  const parameters = routes.flatMap((route) => [...(route.partitioned ? ['partition'] : []), ...[...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!)].map((name) => ({ route, name })));

  it.each(parameters.map(({ route, name }) => [name, `${route.method} ${route.path}`, route] as const))('given the edges of %s in %s, then 400 that has the value and what is allowed, and within them none', async (name, key, route) => {
    const inPath = (value: string): string => `${rootOf[route.dialects.includes('azure-v2') ? 'azure-v2' : 'dicom-web']}${name === 'partition' ? `/partitions/${value}${pathTo(route.path)}` : pathTo(route.path, { [name]: value })}`;
    const body = route.method === 'POST' || route.method === 'PUT' ? Buffer.from('no DICOM') : undefined;
    const send = (value: string) => ask(inPath(value), route.method, body ? { 'content-type': 'application/dicom', accept: '*/*' } : {}, body);
    if (anyText.includes(name)) {
      for (const value of ['x', huge, '%20', '%C3%BC', "'"]) if (route.method !== 'PATCH') expectRefused(value, await send(value), 404, 'There is no');
      return;
    }
    const found = pathEdges[name];
    if (!found) throw new Error(`The part :${name} of '${key}' has no edges. Add '${name}' to pathEdges in e2e/http/bad-input.e2e-spec.ts, or to anyText where every text is a name that may not exist.`);
    // A store makes its partition.
    for (const value of found.bad.filter((one) => one !== 'Unknown' || !body)) expectRefused(`${name} ${value}`, await send(value), 400, value.includes('%') ? /'.*'/ : shown(value), found.allowed);
    if (route.method === 'DELETE') return;
    for (const value of found.good) {
      const { status, text: answer } = await send(value);
      // There is no such study, or the body of the store is none.
      expect([value, [200, 204, 404, 409, 415].includes(status) || `${status} ${answer}`]).toEqual([value, true]);
    }
  });

  it.each(['%', '%zz', '%FF', '%ED%A0%80'])('given %s in a path, whose encoding is not UTF-8, then 400', async (value) => {
    for (const root of Object.values(rootOf)) expectRefused(value, await ask(`${root}/studies/${value}/metadata`), 400, 'percent sign');
  });
});

describe('Bad input of every route', () => {
  const everywhere = routes.flatMap((route) => route.dialects.map((dialect) => [`${route.method} ${rootOf[dialect]}${route.path}`, route, dialect] as const));

  it.each(everywhere)('given %s and 8,193 characters, then 414 that says how many are allowed', async (_name, route, dialect) => {
    const path = `${rootOf[dialect]}${pathTo(route.path)}?x=`;
    expectRefused(path, await ask(path.padEnd(8_193, 'x'), route.method), 414, '8193', '8192');
  });

  it.each(everywhere)('given a method that the path of %s has not, then 405 with those that it has', async (_name, route, dialect) => {
    const path = `${rootOf[dialect]}${pathTo(route.path)}`;
    const here = routes.filter((one) => one.path === route.path && one.dialects.includes(dialect)).map(({ method }) => method);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].filter((one) => !here.includes(one as Route['method']))) {
      const answer = await ask(path, method);
      expectRefused(method, answer, 405, ...here);
      expect(String(answer.headers.allow).split(', ')).toEqual(expect.arrayContaining(here));
    }
  });

  // WADO-URI has its media type in the query.
  const negotiated = everywhere.filter(([, route, dialect]) => route.path !== '/wado' && '406' in (makeApiDocument(dialect).paths[route.path.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')]?.[route.method.toLowerCase()]?.responses ?? {}));
  it.each(negotiated)('given %s and an Accept header without a form of it, then 406 that says which there are', async (_name, route, dialect) => {
    for (const accept of ['text/html', 'application/dicom+xml', ...(route.service === 'render' ? [] : ['image/png;q=0.5']), '*/*;q=0', 'x']) {
      expectRefused(accept, await ask(`${rootOf[dialect]}${pathTo(route.path)}`, route.method, { accept, 'content-type': 'application/dicom' }, route.method === 'GET' ? undefined : Buffer.from('x')), 406, 'Accept', 'allowed');
    }
  });
});

describe('Bad input in headers and bodies', () => {
  it.each(['POST', 'PUT'])('given %s of a store without a Content-Type that is allowed, then 415 that names it and what is', async (method) => {
    for (const [contentType, word] of [[undefined, 'no Content-Type'], ['text/plain', 'text/plain'], ['application/json', 'application/json'], ['x', "'x'"], ['multipart/form-data; boundary=x', 'multipart/form-data'], ['multipart/related; type="text/plain"; boundary=x', 'text/plain']] as const) {
      expectRefused(String(contentType), await ask('/v2/studies', method, contentType === undefined ? {} : { 'content-type': contentType }, Buffer.from('x')), 415, word, /application\/dicom|api\.yaml/);
    }
  });

  it.each(['multipart/related', 'multipart/related; type="application/dicom"', 'multipart/related; boundary=""', `multipart/related; boundary=${'x'.repeat(257)}`])('given a store with the Content-Type %s, then 400 about the boundary', async (contentType) => {
    expectRefused(contentType, await ask('/v2/studies', 'POST', { 'content-type': contentType }, Buffer.from('x')), 400, 'boundary');
  });

  it('given msdicom-request-original that is neither true nor false, then 400 where it counts', async () => {
    for (const path of ['/studies/:study', '/studies/:study/metadata', '/studies/:study/series/:series', '/studies/:study/series/:series/metadata', '/studies/:study/series/:series/instances/:instance', '/studies/:study/series/:series/instances/:instance/metadata']) {
      for (const value of ['yes', '1', 'true, false']) expectRefused(value, await ask(`/v2${pathTo(path)}`, 'GET', { 'msdicom-request-original': value }), 400, 'msdicom-request-original', value, 'true and false');
      expect((await ask(`/v2${pathTo(path)}`, 'GET', { 'msdicom-request-original': 'True' })).status).toBe(200);
    }
  });

  it('given a Last-Event-ID that is no sequence, then 400 that names it, its value and what is allowed', async () => {
    for (const value of ['x', '-1', '1.5', huge, '1 2']) expectRefused(value, await ask('/v2/changefeed/stream', 'GET', { 'last-event-id': value }), 400, 'Last-Event-ID', value, 'sequence number from 0');
  });

  const withJson = routes.filter((route) => route.dialects.includes('azure-v2')).filter((route) => 'application/json' in
    ((makeApiDocument('azure-v2').paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()]?.requestBody as { content?: object } | undefined)?.content ?? {}));
  it.each(withJson.map((route) => [`${route.method} ${route.path}`, route] as const))('given %s and a body that is no JSON, not an object or array that is known, or of another type, then 400 or 415 that says what is allowed', async (_name, route) => {
    const send = (body: string, contentType = 'application/json') => ask(`/v2${pathTo(route.path)}`, route.method, { 'content-type': contentType }, Buffer.from(body));
    for (const body of ['{', '', 'x', '{"a":1,}', '"\\ud800', '\ufeff{']) expectRefused(body, await send(body), 400, 'JSON');
    for (const body of ['null', '1', '"x"', '[[]]', '{"noSuchMember":1}']) expectRefused(body, await send(body), 400);
    expectRefused('text', await send('{}', 'text/plain'), 415, 'application/json');
    expectRefused('large', await send(`"${'x'.repeat(5 * 1024 ** 2)}"`), 413);
  });
});
