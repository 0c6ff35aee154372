import type { Answer } from '../support/http-call.js';
import { storeBody, storeContentType } from '../support/multipart.js';
import { acknowledge, leaveUnsure, type Slot, type Study, type Version } from './archive-model.js';
import { Contradiction } from './finding.js';
import { settled, wrongAnswer, type Requests } from './requests.js';

/** Changes by way of `/v2`; the model learns what the answers say, and what no answer leaves open. */
export class ChangeSender {
  constructor(private readonly requests: Requests) {}

  async store(method: 'POST' | 'PUT', changes: readonly { readonly slot: Slot; readonly version: Version }[]): Promise<void> {
    const body = Buffer.concat(storeBody(changes.map(({ version }) => [version.bytes])));
    const what = `${method} of ${changes.length} instances`;
    const answer = settled(what, await this.requests.send('store', '/v2/studies', { method, body, headers: { 'content-type': storeContentType, accept: 'application/dicom+json' } }));
    // What got a 503 never happens.
    if (answer === 'refused') return;
    if (answer === 'unsure') {
      for (const { slot, version } of changes) leaveUnsure(slot, 'create', version);
      return;
    }
    if (answer.status !== 200 && answer.status !== 202) throw wrongAnswer(what, answer);
    const { stored, notNow } = outcomesIn(answer);
    for (const { slot, version } of changes) {
      if (stored.has(slot.identity.sopInstanceUid)) acknowledge(slot, 'create', version);
      else if (!notNow.has(slot.identity.sopInstanceUid)) throw wrongAnswer(`${what}, of which one is neither stored nor to be repeated,`, answer);
    }
  }

  async remove(slot: Slot): Promise<void> {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = slot.identity;
    const answer = settled('DELETE of an instance', await this.#delete(`/v2/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`));
    if (answer === 'refused') return;
    if (answer === 'unsure') leaveUnsure(slot, 'delete', undefined);
    else if (answer.status === 204) acknowledge(slot, 'delete', undefined);
    else if (answer.status === 404) throw new Contradiction('lost', `${sopInstanceUid} was acknowledged, and its DELETE was answered that it is not there.`);
    else throw wrongAnswer('DELETE of an instance', answer);
  }

  /** Deletes the study, or the series of one of its slots. True when all is gone; false when that is open. A delete may be repeated until it is answered. */
  async removeTogether(study: Study, slots: Slot[]): Promise<boolean> {
    const [{ identity }] = slots as [Slot];
    const whole = slots.length === study.slots.length;
    const answer = settled('DELETE of several', await this.#delete(whole ? `/v2/studies/${study.uid}` : `/v2/studies/${study.uid}/series/${identity.seriesInstanceUid}`));
    if (answer === 'refused') return false;
    if (answer === 'unsure') {
      study.unsureDelete = slots;
      for (const slot of slots) slot.changedSinceCheck = true;
      return false;
    }
    const repeated = study.unsureDelete !== undefined;
    const isGone = answer.status === 204 || (answer.status === 404 && (repeated || slots.every(({ current }) => !current)));
    if (answer.status === 404 && !isGone) throw new Contradiction('lost', `Instances of ${study.uid} were acknowledged, and a DELETE of them was answered that there are none.`);
    if (!isGone) throw wrongAnswer('DELETE of several', answer);
    study.unsureDelete = undefined;
    for (const slot of slots) if (slot.current) acknowledge(slot, 'delete', undefined);
    return true;
  }

  #delete(path: string): Promise<Answer | undefined> {
    return this.requests.send('delete', path, { method: 'DELETE' });
  }
}

const failedSopSequence = '00081198';
const referencedSopSequence = '00081199';
const referencedSopInstanceUid = '00081155';
const failureReason = '00081197';
/** Processing failure (PS3.18 annex I.2.2): nothing of it is kept, and it may be repeated. */
const processingFailure = 272;

const outcomesIn = ({ body }: Answer): { stored: Set<unknown>; notNow: Set<unknown> } => {
  type Sequence = { readonly Value?: readonly Record<string, { readonly Value?: readonly unknown[] }>[] };
  const dataset = JSON.parse(body.toString('utf8')) as Record<string, Sequence | undefined>;
  const sops = (sequence: Sequence | undefined, wanted = (_reason: unknown): boolean => true): Set<unknown> =>
    new Set(sequence?.Value?.filter((item) => wanted(item[failureReason]?.Value?.[0])).map((item) => item[referencedSopInstanceUid]?.Value?.[0]));
  return { stored: sops(dataset[referencedSopSequence]), notNow: sops(dataset[failedSopSequence], (reason) => reason === processingFailure) };
};
