import { call, open, type Answer, type Call } from './http-call.js';
import { lastBoundary, parseMultipart, partHead, storeBody, storeContentType, type Part } from './multipart.js';

/** The DICOM JSON model (PS3.18 annex F), as far as a test looks into it. */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
}
export type JsonDataset = Readonly<Record<string, JsonElement>>;

export class UnexpectedAnswer extends Error {
  constructor(what: string, readonly answer: Answer) {
    super(`${what} was answered ${answer.status}: ${answer.body.toString('utf8', 0, 2000)}`);
    this.name = 'UnexpectedAnswer';
  }
}

/** What of `/dicom-web`, or a root like it, the tests and measurements use. Statuses that are not asked for are errors. */
export class DicomWebClient {
  constructor(readonly root: string) {}

  /** STOW-RS of instances in pieces; the answer whatever its status. */
  store(instances: readonly (readonly Buffer[])[], method: 'POST' | 'PUT' = 'POST'): Promise<Answer> {
    return this.#send(`${this.root}/studies`, method, Buffer.concat(storeBody(instances)));
  }

  /** One instance of unknown length, chunked. */
  storeStream(instance: Iterable<Buffer>, timeoutMs = 600_000): Promise<Answer> {
    return this.#send(`${this.root}/studies`, 'POST', streamedBody(instance), timeoutMs);
  }

  async search(pathAndQuery: string): Promise<JsonDataset[]> {
    const answer = await call(`${this.root}${pathAndQuery}`, { headers: { accept: 'application/dicom+json' } });
    if (answer.status === 204) return [];
    if (answer.status !== 200) throw new UnexpectedAnswer(`Search ${pathAndQuery}`, answer);
    return JSON.parse(answer.body.toString('utf8')) as JsonDataset[];
  }

  metadata(path: string): Promise<JsonDataset[]> {
    return this.search(`${path}/metadata`);
  }

  /** The files below a study, series or instance as they are stored. */
  async retrieve(path: string): Promise<Part[]> {
    return this.#multipart(path, 'multipart/related; type="application/dicom"; transfer-syntax=*');
  }

  async frames(instancePath: string, numbers: readonly number[]): Promise<Part[]> {
    return this.#multipart(`${instancePath}/frames/${numbers.join(',')}`, 'multipart/related; type="application/octet-stream"; transfer-syntax=*');
  }

  call(path: string, options?: Call): Promise<Answer> {
    return call(`${this.root}${path}`, options);
  }

  open(path: string, options?: Call): ReturnType<typeof open> {
    return open(`${this.root}${path}`, options);
  }

  async #multipart(path: string, accept: string): Promise<Part[]> {
    const answer = await call(`${this.root}${path}`, { headers: { accept } });
    if (answer.status !== 200) throw new UnexpectedAnswer(`GET ${path}`, answer);
    return parseMultipart(answer.body, answer.headers['content-type'] ?? '');
  }

  #send(url: string, method: string, body: Call['body'], timeoutMs?: number): Promise<Answer> {
    const headers = { 'content-type': storeContentType, accept: 'application/dicom+json' };
    return call(url, { method, headers, ...(body === undefined ? {} : { body }), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }
}

function* streamedBody(instance: Iterable<Buffer>): Generator<Buffer> {
  yield partHead;
  yield* instance;
  yield lastBoundary;
}

export const instancePath = (of: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly sopInstanceUid: string }): string =>
  `/studies/${of.studyInstanceUid}/series/${of.seriesInstanceUid}/instances/${of.sopInstanceUid}`;
