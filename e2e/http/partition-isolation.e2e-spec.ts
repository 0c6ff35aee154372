import { dialectPolicies, routes, type Route } from '@isocenter/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { call, type Answer } from '../support/http-call.js';
import { readPng } from '../support/picture.js';
import { type Identity } from '../support/synthetic-instance.js';
import { newFolder, type ExportTarget } from './export-target.js';
import { newFolderOrigin, type FolderOrigin } from './import-origin.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

let archive: Archive;
let target: ExportTarget;
let origin: FolderOrigin;

/** What is in one partition only, beside instances whose UIDs are the same in all of them. */
interface Place {
  readonly name: string;
  /** A study that no other partition has. */
  readonly own: Identity;
  /** In the series that all have, an instance that no other has. */
  readonly extra: Identity;
  /** Of the instance whose UIDs all have. */
  readonly patientName: string;
  readonly model: string;
  readonly pixels: string;
}

const shared = identityOf('isolated');
const place = (name: string): Place => ({
  name, own: identityOf(`isolated in ${name}`), extra: identityOf('isolated', 'series', name),
  patientName: `Only^In^${name}`, model: `Model of ${name}`, pixels: name.repeat(16),
});
const [a, b] = [place('A'), place('B')];

/** Shows the pixels of A black, those of B white. */
const window = [element(0x00281050, 'DS', '66'), element(0x00281051, 'DS', '1')];
const instanceOf = ({ patientName, model, pixels }: Place, of: Identity): Buffer =>
  smallInstance({ ...of, patientName }, { with: [element(0x00081090, 'LO', model), ...window, element(0x7fe00010, 'OW', Buffer.from(pixels))] });
/** Texts of which an answer about one partition has some, and those about others none. */
const marksOf = ({ own, extra, patientName, model, pixels }: Place): string[] => [own.studyInstanceUid, own.seriesInstanceUid, own.sopInstanceUid, extra.sopInstanceUid, patientName, model, pixels];

const rootOf = ({ dialects }: Route, partition: string): string => `${archive.baseUrl}/${dialects.includes('azure-v2') ? 'v2' : 'dicom-web'}/partitions/${partition}`;
const pathOf = ({ path }: Route, of: Identity): string =>
  path.replace(':study', of.studyInstanceUid).replace(':series', of.seriesInstanceUid).replace(':instance', of.sopInstanceUid).replace(':frames', '1').replace(':frame', '1').replace('*', '7FE00010')
  + (path === '/wado' ? `?requestType=WADO&studyUID=${of.studyInstanceUid}&seriesUID=${of.seriesInstanceUid}&objectUID=${of.sopInstanceUid}` : '');
const ask = (route: Route, { name }: Place, of: Identity, query = ''): Promise<Answer> => call(`${rootOf(route, name)}${pathOf(route, of)}${query}`, { method: route.method });

beforeAll(async () => {
  target = await newFolder();
  origin = await newFolderOrigin();
  archive = await startArchive({ env: { ...target.env, ...origin.env } });
  for (const one of [a, b]) await given(`${archive.baseUrl}/v2/partitions/${one.name}`, [shared, one.extra, one.own].map((of) => instanceOf(one, of)));
});
afterAll(async () => {
  await archive.end();
  await target.remove();
  await origin.remove();
});

type Case = (route: Route) => Promise<void>;

/** A read tells of its partition only, whatever others have under the same UIDs, and does not find what they alone have. */
const reads: Case = async (route) => {
  for (const [here, there] of [[a, b], [b, a]] as const) {
    const { status, body } = await ask(route, here, shared);
    const text = body.toString('latin1');
    expect([here.name, status, marksOf(there).filter((mark) => text.includes(mark))]).toEqual([here.name, 200, []]);
    expect([here.name, marksOf(here).some((mark) => text.includes(mark))]).toEqual([here.name, true]);
    if (!route.path.includes(':study')) continue;
    expect([here.name, [204, 404].includes((await ask(route, here, there.own)).status)]).toEqual([here.name, true]);
  }
};

/** A picture is of what its partition has under the UIDs; what only others have has none. */
const pictures = (query: string): Case => async (route) => {
  for (const [here, there] of [[a, b], [b, a]] as const) {
    const { status, body } = await ask(route, here, shared, query);
    expect([here.name, status]).toEqual([here.name, 200]);
    expect([here.name, new Set(readPng(body).pixels)]).toEqual([here.name, new Set([here === a ? 0 : 255])]);
    expect([here.name, (await ask(route, here, there.own, query)).status]).toEqual([here.name, 404]);
  }
};

/** What another partition has is new here, and stays there as it was. */
const stores: Case = async (route) => {
  const root = rootOf(route, `C-${route.method}-${route.path.length}`);
  const before = await shownIn(a);
  const { status, failed } = await store(root, [instanceOf(b, shared)], { method: route.method as 'POST' | 'PUT', path: pathOf(route, shared) });
  expect([status, failed]).toEqual([200, []]);
  expect(await shownIn(a)).toEqual(before);
};

/** A delete leaves what other partitions have under the same UIDs, and finds nothing that only they have. */
const deletes: Case = async (route) => {
  const gone = place(`D-${route.path.split('/').length}`);
  await given(`${archive.baseUrl}/v2/partitions/${gone.name}`, [instanceOf(gone, shared)]);
  const before = [await shownIn(a), await shownIn(b)];
  expect((await ask(route, gone, a.own)).status).toBe(404);
  expect((await ask(route, gone, shared)).status).toBe(204);
  expect((await ask(route, gone, shared)).status).toBe(404);
  expect([await shownIn(a), await shownIn(b)]).toEqual(before);
};

/** An update changes what its partition has under the UIDs, and not what others have. */
const updates: Case = async (route) => {
  const changed = place('U');
  await given(`${archive.baseUrl}/v2/partitions/${changed.name}`, [instanceOf(changed, shared)]);
  const before = [await shownIn(a), await shownIn(b)];
  const body = Buffer.from(JSON.stringify({ studyInstanceUids: [shared.studyInstanceUid], changeDataset: { PatientName: { vr: 'PN', Value: [{ Alphabetic: 'Updated^Here' }] } } }));
  const { status } = await call(`${rootOf(route, changed.name)}${pathOf(route, shared)}`, { method: route.method, headers: { 'content-type': 'application/json' }, body });
  expect(status).toBe(202);
  await until('it is updated', async () => (await shownIn(changed)).includes('Updated^Here'));
  expect([await shownIn(a), await shownIn(b)]).toEqual(before);
};

/** An export has what its partition has under the UIDs, and nothing that only others have. */
const exports: Case = async (route) => {
  const destination = { type: target.type, settings: { name: target.name } };
  const body = (of: readonly Identity[]): Buffer => Buffer.from(JSON.stringify({ source: { type: 'identifiers', settings: { values: of.map(({ studyInstanceUid }) => studyInstanceUid) } }, destination }));
  const { status, body: started } = await call(`${rootOf(route, a.name)}${pathOf(route, shared)}`, { method: route.method, headers: { 'content-type': 'application/json' }, body: body([shared, b.own]) });
  const { id, href } = JSON.parse(started.toString()) as { id: string; href: string };
  expect(status).toBe(202);
  await until('it has ended', async () => (await call(href)).status === 200);
  const pathsIn = (of: Identity): string => `${id}/results/${of.studyInstanceUid}/${of.seriesInstanceUid}/${of.sopInstanceUid}.dcm`;
  expect((await target.list()).filter((name) => name.startsWith(`${id}/results/`))).toEqual([pathsIn(shared), pathsIn(a.extra)].sort());
  expect((await target.read(pathsIn(shared))).equals(instanceOf(a, shared))).toBe(true);
};

/** What an import stores is in its partition, whatever others have under the UIDs. */
const imports: Case = async (route) => {
  const into = place('I');
  await origin.write('isolated', instanceOf(into, shared));
  const before = [await shownIn(a), await shownIn(b)];
  const { status, body: started } = await call(`${rootOf(route, into.name)}${pathOf(route, shared)}`, { method: route.method, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ source: origin.name })) });
  expect(status).toBe(202);
  const { href } = JSON.parse(started.toString()) as { href: string };
  await until('it has ended', async () => (await call(href)).status === 200);
  expect([(await shownIn(into)).includes(into.patientName), await shownIn(a), await shownIn(b)]).toEqual([true, ...before]);
};

/** All metadata of the shared study in a partition. */
const shownIn = async ({ name }: Place): Promise<string> => {
  const { status, body } = await call(`${archive.baseUrl}/v2/partitions/${name}/studies/${shared.studyInstanceUid}/metadata`);
  return `${status} ${body.toString()}`;
};

const study = '/studies/:study';
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;

const cases: Readonly<Record<string, Case>> = {
  'POST /studies': stores, [`POST ${study}`]: stores, 'PUT /studies': stores, [`PUT ${study}`]: stores,
  'GET /studies': reads, 'GET /series': reads, 'GET /instances': reads, [`GET ${study}/series`]: reads, [`GET ${study}/instances`]: reads, [`GET ${series}/instances`]: reads,
  [`GET ${study}`]: reads, [`GET ${study}/metadata`]: reads, [`GET ${series}`]: reads, [`GET ${series}/metadata`]: reads, [`GET ${instance}`]: reads, [`GET ${instance}/metadata`]: reads,
  [`GET ${instance}/frames/:frames`]: reads, [`GET ${instance}/bulkdata/*`]: reads,
  [`GET ${instance}/rendered`]: pictures('?accept=image/png'), [`GET ${instance}/frames/:frame/rendered`]: pictures('?accept=image/png'), 'GET /wado': pictures('&contentType=image/png'),
  [`GET ${study}/thumbnail`]: pictures('?accept=image/png'), [`GET ${series}/thumbnail`]: pictures('?accept=image/png'), [`GET ${instance}/thumbnail`]: pictures('?accept=image/png'), [`GET ${instance}/frames/:frame/thumbnail`]: pictures('?accept=image/png'),
  [`DELETE ${study}`]: deletes, [`DELETE ${series}`]: deletes, [`DELETE ${instance}`]: deletes,
  'POST /studies/$bulkUpdate': updates, 'POST /export': exports, 'POST /import': imports,
};
const partitioned = routes.filter((route) => route.partitioned);
const keyOf = ({ method, path }: Route): string => `${method} ${path}`;

describe('Isolation of partitions', () => {
  it.each(partitioned.map((route) => [keyOf(route), route] as const))('given %s, then it reads and changes its own partition only', async (key, route) => {
    const check = cases[key];
    if (!check) throw new Error(`The route '${key}' may stand below a partition, and no test shows that it stays in it. Add '${key}' to the cases of e2e/http/partition-isolation.e2e-spec.ts: reads, stores, deletes, or a function of its own.`);
    await check(route);
  });

  it('given the cases, then each is of a route', () => {
    expect(Object.keys(cases).filter((key) => !partitioned.map(keyOf).includes(key))).toEqual([]);
  });

  it('given a partition that nobody stored to, then every read and delete is 400, and it is not made', async () => {
    for (const route of partitioned.filter(({ method }) => method === 'GET' || method === 'DELETE')) {
      const { status, body } = await ask(route, { ...a, name: 'Unknown' }, shared);
      expect([keyOf(route), status, body.toString()]).toEqual([keyOf(route), 400, 'Specified PartitionName Unknown does not exist.']);
    }
    expect((await call(`${archive.baseUrl}/v2/partitions`)).body.toString()).not.toContain('Unknown');
  });

  it('given a store that makes a partition, under each version, then the list has it once', async () => {
    for (const dialect of Object.keys(dialectPolicies)) {
      const root = dialect.replace('azure-', '');
      await given(`${archive.baseUrl}/${root}/partitions/made-by-${dialect}`, [instanceOf(a, shared)]);
    }
    const listed = (JSON.parse((await call(`${archive.baseUrl}/v2/partitions`)).body.toString()) as { partitionName: string }[]).map(({ partitionName }) => partitionName);
    for (const dialect of Object.keys(dialectPolicies)) expect(listed.filter((name) => name === `made-by-${dialect}`)).toHaveLength(1);
  });
});
