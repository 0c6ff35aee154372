import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { acknowledge, versionOf, type Study } from './archive-model.js';
import { Contradiction } from './finding.js';
import type { ChangeSender } from './send-changes.js';
import { wrongAnswer } from './requests.js';

const side = 64;
/** What the archive says of itself in a file that it wrote anew (PS3.10 section 7.1). */
const writtenBy = { classUid: '2.25.126342134900710903109866601007262254247', versionName: 'ISOCENTER_1' };
const askAgainAfterMs = 50;

/**
 * Bulk updates of a study that nobody else touches: begun while all is well, gone on with whatever happens. Afterwards each
 * instance was updated once, has the bytes that the change makes of it, and its original beside them.
 */
export class StudyUpdates {
  #count = 0;
  #begun: { readonly location: string; readonly patientId: string } | undefined;

  constructor(readonly study: Study) {}

  async fill(sender: ChangeSender): Promise<void> {
    const { slots } = this.study;
    await sender.store('POST', slots.map((slot) => ({ slot, version: versionOf(slot.identity, side) })));
    if (slots.some(({ current }) => !current)) throw new Contradiction('unanswered', 'The study that is to be updated was not stored, while nothing was away.');
    for (const slot of slots) slot.original = slot.current;
  }

  /** Resolves when the archive has promised to do it. */
  async begin(baseUrl: string): Promise<void> {
    this.#count += 1;
    const patientId = `UPDATED-${this.#count}`;
    const changeDataset = { '00100020': { vr: 'LO', Value: [patientId] } };
    const answer = await call(`${baseUrl}/v2/studies/$bulkUpdate`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ studyInstanceUids: [this.study.uid], changeDataset })),
    });
    if (answer.status !== 202) throw wrongAnswer('A bulk update', answer);
    this.#begun = { location: new URL(String(answer.headers.location)).pathname, patientId };
  }

  /** Waits for its end, and tells the model. While nothing is away. */
  async complete(baseUrl: string, withinMs: number): Promise<void> {
    if (!this.#begun) return;
    const { location, patientId } = this.#begun;
    const { slots } = this.study;
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await call(`${baseUrl}${location}`);
      if (answer.status === 200) {
        const { status, results } = JSON.parse(answer.body.toString()) as { status: string; results?: { instanceUpdated?: number } };
        if (status !== 'succeeded' || results?.instanceUpdated !== slots.length) throw wrongAnswer(`A bulk update of ${slots.length} instances`, answer);
        break;
      }
      if (answer.status !== 202) throw wrongAnswer('A bulk update', answer);
      if (Date.now() > deadline) throw new Contradiction('unanswered', `A bulk update had not ended within ${withinMs} ms: ${answer.body.toString()}`);
      await pause(askAgainAfterMs);
    }
    this.#begun = undefined;
    for (const slot of slots) acknowledge(slot, 'update', versionOf({ ...slot.identity, patientId, writtenBy }, side, slot.current!.number));
  }
}
