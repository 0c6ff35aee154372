import { startTraceCollector, type CollectedSpan, type TraceCollector } from '@isocenter/telemetry/trace-collector';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { profile, startArchive, type Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { identityOf, smallInstance } from './small-instance.js';
import { store } from './store-request.js';

const commands = 'isocenter.instance-commands.v1';
const changeFeed = 'isocenter.change-feed.v1';
/** Of `kind` in OTLP. */
const [internal, server, producer, consumer] = [1, 2, 4, 5];

let collector: TraceCollector;
let archive: Archive;
let root: string;
beforeAll(async () => {
  collector = await startTraceCollector();
  archive = await startArchive({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20', LOG_LEVEL: 'trace' } });
  root = `${archive.baseUrl}/dicom-web`;
});
afterAll(async () => {
  await archive.end();
  await collector.close();
});

let callers = 0;
/** A request that has a trace already, as that of an engine with traces of its own. */
const caller = (): { traceparent: string; traceId: string; spanId: string } => {
  const traceId = (callers += 1).toString(16).padStart(32, 'a');
  return { traceId, spanId: 'b'.repeat(16), traceparent: `00-${traceId}-${'b'.repeat(16)}-01` };
};

const spansOf = (traceId: string): CollectedSpan[] => collector.spans.filter((span) => span.traceId === traceId);
/** What took effect: another replica may have tried the same and found it done. */
const effective = (span: CollectedSpan): boolean => span.attributes['isocenter.committed'] !== false;
/** The spans of a request when all that follows from it has happened; each process sends its own when it comes to it. */
const traceOf = async (traceId: string, service: string, changes: number): Promise<CollectedSpan[]> => {
  const here = (): CollectedSpan[] => spansOf(traceId).filter(effective);
  const enough = (name: string): boolean => here().filter((span) => span.name === name).length >= changes;
  await until('all spans of the trace are here', () => serverOf(here(), 'gateway') !== undefined && serverOf(here(), service) !== undefined && [`send ${commands}`, `process ${commands}`, 'commit', 'number change', `send ${changeFeed}`].every(enough));
  return here();
};
const serverOf = (spans: readonly CollectedSpan[], service: string): CollectedSpan | undefined => spans.find(({ kind, attributes }) => kind === server && attributes['isocenter.service'] === service);
/** Service of the process that sent a span: in standalone there is one. */
const sentBy = (service: string): string => `isocenter-${profile === 'stack' ? service : 'standalone'}`;

describe('The trace of a store', () => {
  const of = caller();
  let spans: CollectedSpan[];
  beforeAll(async () => {
    expect((await store(root, [smallInstance(identityOf('traced'))], { headers: { traceparent: of.traceparent } })).status).toBe(200);
    spans = await traceOf(of.traceId, 'ingest', 1);
  });
  const one = (name: string): CollectedSpan => {
    const found = spans.filter((span) => span.name === name);
    expect([name, found.length]).toEqual([name, 1]);
    return found[0]!;
  };

  it('given all that follows from it, then the gateway, ingest, the log, the commit of index, the number and the public event are hops, each below the one that it follows from', () => {
    const gateway = serverOf(spans, 'gateway')!;
    const ingest = serverOf(spans, 'ingest')!;
    const command = one('command store-instance');
    const send = one(`send ${commands}`);
    const process = one(`process ${commands}`);
    const hops = [gateway, ingest, one('receive instance'), one('commit object'), command, send, process, one('commit'), one('number change'), one(`send ${changeFeed}`)];
    expect(hops.map(({ parentSpanId }) => parentSpanId)).toEqual([of.spanId, gateway.spanId, ingest.spanId, ingest.spanId, ingest.spanId, command.spanId, send.spanId, process.spanId, process.spanId, process.spanId]);
    expect(hops.map(({ kind }) => kind)).toEqual([server, server, internal, internal, internal, producer, consumer, internal, internal, producer]);
    expect(hops.map(({ service }) => service)).toEqual([...['gateway', 'ingest', 'ingest', 'ingest', 'ingest', 'ingest', 'index', 'index', 'change-feed', 'change-feed'].map(sentBy)]);
    expect(hops.map(({ status }) => status)).toEqual(hops.map(() => 0));
  });

  it('given the attributes, then they are those of the semantic conventions', () => {
    expect(serverOf(spans, 'gateway')).toMatchObject({ name: 'POST /studies', attributes: { 'http.request.method': 'POST', 'http.route': '/studies', 'http.response.status_code': 200 } });
    expect(one(`process ${commands}`).attributes).toMatchObject({ 'messaging.system': profile === 'stack' ? 'kafka' : 'sqlite', 'messaging.operation.type': 'process', 'messaging.destination.name': commands, 'messaging.consumer.group.name': 'index' });
    expect(one('command store-instance').attributes).toMatchObject({ 'isocenter.decision': 'created' });
    expect(one('commit').attributes).toMatchObject({ 'db.operation.name': 'commit', 'isocenter.committed': true });
  });

  it('given the public event, then its header says the trace, so that a consumer goes on with it', async () => {
    const [event] = (await archive.readTopic(changeFeed)).filter(({ headers }) => headers['traceparent']?.includes(of.traceId));
    expect(event!.headers['traceparent']).toBe(`00-${of.traceId}-${one(`process ${commands}`).spanId}-01`);
  });

  it('given the log, then the line of the request says its trace and span', () => {
    const ids = archive.log.split('\n').filter((text) => text.includes('"request"') && text.includes(of.traceId)).map((text) => (JSON.parse(text) as { service: string; span_id: string }));
    expect(ids).toMatchObject([{ service: 'ingest', span_id: serverOf(spans, 'ingest')!.spanId }]);
  });
});

describe('The trace of other requests', () => {
  it('given several instances in one request, then each has its own hops, though transactions and appends are shared', async () => {
    const of = caller();
    await store(root, ['1', '2', '3'].map((sop) => smallInstance(identityOf('several', 'series', sop))), { headers: { traceparent: of.traceparent } });
    const spans = await traceOf(of.traceId, 'ingest', 3);
    const processes = spans.filter(({ name }) => name === `process ${commands}`);
    expect(processes).toHaveLength(3);
    expect(new Set(spans.filter(({ name }) => name === 'commit').map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(processes.map(({ spanId }) => spanId)));
  });

  it('given a delete, then its trace goes to the public event too', async () => {
    await store(root, [smallInstance(identityOf('deleted'))]);
    const of = caller();
    expect((await call(`${root}/studies/${identityOf('deleted').studyInstanceUid}`, { method: 'DELETE', headers: { traceparent: of.traceparent } })).status).toBe(204);
    const spans = await traceOf(of.traceId, 'index', 1);
    expect(serverOf(spans, 'index')).toMatchObject({ name: 'DELETE /studies/:study' });
  });

  it('given a request without a trace, then one begins; given one that the caller does not sample, then none', async () => {
    await store(root, [smallInstance(identityOf('unsampled'))], { headers: { traceparent: caller().traceparent.replace(/1$/, '0') } });
    const unsampled = callers.toString(16).padStart(32, 'a');
    await call(`${root}/studies?limit=7`);
    await until('the search has a trace', () => collector.spans.some(({ name, parentSpanId }) => name === 'GET /studies' && parentSpanId === ''));
    expect(spansOf(unsampled)).toEqual([]);
  });
});

describe('I9 no patient data in traces', () => {
  const marker = 'Qxzwvtraced';
  it('given stores, searches and reads with it, right and wrong, then nothing that is sent has anything of the patient, and no UID', async () => {
    const identity = identityOf('I9 traced');
    const headers = { traceparent: caller().traceparent, tracestate: `patient=${marker}`, baggage: `patient=${marker}`, 'user-agent': marker };
    const marked = smallInstance({ ...identity, patientId: marker, patientName: `${marker}^Jane`, accessionNumber: marker });
    await store(root, [marked], { headers });
    await store(root, [marked.subarray(0, 600), Buffer.from(`${marker} is no DICOM`)], { headers });
    const sampled = caller();
    for (const path of [`/studies?PatientID=${marker}`, `/studies/${marker}`, `/${marker}`, `${instancePath(identity)}/metadata`, instancePath(identity), `/changefeed?startTime=${marker}`]) {
      await call(`${root}${path}`, { headers: { ...headers, traceparent: sampled.traceparent } });
    }
    await until('the last of them was sent', () => serverOf(spansOf(sampled.traceId).filter(({ attributes }) => attributes['http.route'] === '/changefeed'), 'gateway') !== undefined);
    const sent = collector.bodies.join('\n');
    for (const text of [marker, identity.studyInstanceUid, identity.seriesInstanceUid, identity.sopInstanceUid]) expect(sent).not.toContain(text);
  });
});
