import { call, type Answer } from '../support/http-call.js';
import { storeBody, storeContentType } from '../support/multipart.js';
import { acknowledge, leaveUnsure, type Slot, type Study, type Version } from './archive-model.js';

/** What became of a request: its answer, or undefined when the connection ended before there was one. */
type Sent = Answer | undefined;

/** The answer is not one that this request may get. */
export class WrongAnswer extends Error {
  constructor(what: string, { status, body }: Answer) {
    super(`${what} was answered ${status}: ${body.toString('utf8', 0, 1000)}`);
    this.name = 'WrongAnswer';
  }
}

/** Changes by way of `/v2`; the model learns what the answers say, and what no answer leaves open. */
export class ChangeSender {
  /** Requests that were answered as asked for. */
  acknowledged = 0;
  unanswered = 0;
  refused = 0;

  /** `mayBreak` says whether the server is being killed: only then may a connection end without an answer. */
  constructor(private readonly baseUrl: string, private readonly mayBreak: () => boolean) {}

  async store(method: 'POST' | 'PUT', changes: readonly { readonly slot: Slot; readonly version: Version }[]): Promise<void> {
    const body = Buffer.concat(storeBody(changes.map(({ version }) => [version.bytes])));
    const answer = await this.#send('/v2/studies', { method, body, headers: { 'content-type': storeContentType, accept: 'application/dicom+json' } });
    if (!answer) {
      for (const { slot, version } of changes) leaveUnsure(slot, 'create', version);
      return;
    }
    // What got a 503 never happens.
    if (answer.status === 503) return;
    if (answer.status !== 200 && answer.status !== 202) throw new WrongAnswer(`${method} of ${changes.length} instances`, answer);
    const stored = storedIn(answer);
    for (const { slot, version } of changes) {
      if (!stored.has(slot.identity.sopInstanceUid)) throw new WrongAnswer(`${method} of an instance that the answer does not name`, answer);
      acknowledge(slot, 'create', version);
    }
  }

  async remove(slot: Slot): Promise<void> {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = slot.identity;
    const answer = await this.#send(`/v2/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`, { method: 'DELETE' });
    if (!answer) leaveUnsure(slot, 'delete', undefined);
    else if (answer.status === 204) acknowledge(slot, 'delete', undefined);
    else if (answer.status !== 503) throw new WrongAnswer('DELETE of an instance', answer);
  }

  /** True when the study is gone; false when that is open. A delete may be repeated until it is answered. */
  async removeStudy(study: Study): Promise<boolean> {
    const answer = await this.#send(`/v2/studies/${study.uid}`, { method: 'DELETE' });
    study.deleteUnsure = answer?.status !== 204 && answer?.status !== 404;
    if (answer && answer.status !== 204 && answer.status !== 404 && answer.status !== 503) throw new WrongAnswer('DELETE of a study', answer);
    if (study.deleteUnsure) return false;
    for (const slot of study.slots) if (slot.current) acknowledge(slot, 'delete', undefined);
    return true;
  }

  async #send(path: string, options: Parameters<typeof call>[1]): Promise<Sent> {
    try {
      const answer = await call(`${this.baseUrl}${path}`, options);
      if (answer.status === 503) this.refused += 1;
      else this.acknowledged += 1;
      return answer;
    } catch (error) {
      if (!this.mayBreak()) throw error;
      this.unanswered += 1;
      return undefined;
    }
  }
}

const referencedSopSequence = '00081199';
const referencedSopInstanceUid = '00081155';

const storedIn = ({ body }: Answer): Set<unknown> => {
  type Sequence = { readonly Value?: readonly Record<string, { readonly Value?: readonly unknown[] }>[] };
  const dataset = JSON.parse(body.toString('utf8')) as Record<string, Sequence | undefined>;
  return new Set(dataset[referencedSopSequence]?.Value?.map((item) => item[referencedSopInstanceUid]?.Value?.[0]));
};
