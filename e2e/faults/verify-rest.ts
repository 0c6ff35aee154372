import { listKeys } from '@isocenter/deploy';
import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { readKafkaTopic } from '../support/topic-records.js';
import { finding, type Finding } from '../workload/finding.js';
import { verifyFeed } from '../workload/verify-feed.js';
import { verifySlots } from '../workload/verify-slots.js';
import type { FaultStack } from './fault-stack.js';
import { judgeObjects } from './judge-objects.js';
import { judgeJournal, judgeTopic } from './judge-topic.js';
import type { Arena } from './play-fault.js';

const topic = 'isocenter.change-feed.v1';
const askAgainAfterMs = 250;

export interface VerifiedRest {
  readonly wrong: readonly Finding[];
  readonly objects: number;
  readonly objectsMs: number;
  readonly topicDoubles: number;
  /** Objects that a sweep removed, without those of processes that were killed since. */
  readonly swept: number;
}

/** Everything, when the last fault is over: every instance, the feed, the journal, the topic, and every object after the grace period. */
export const verifyRest = async ({ stack, studies, feed, clients }: Arena, graceMs: number): Promise<VerifiedRest> => {
  const [gateway] = stack.services.gateways as [string];
  const slots = studies.flatMap((study) => study.slots);
  const wrong: Finding[] = await verifySlots(gateway, studies, () => true);
  const { wrong: inFeed, entries } = await verifyFeed(feed, studies, clients[0]!);
  const journal = await call(`${gateway}/v2/changefeed/journal`);
  const inJournal = journal.status === 200 ? judgeJournal(journal.body.toString(), entries) : [finding('unanswered', `The journal was answered ${journal.status}.`)];
  const inTopic = await settling(async () => judgeTopic(await readKafkaTopic(stack.brokers, topic), entries), ({ wrong }) => wrong.length === 0, graceMs);
  const began = Date.now();
  const { s3 } = stack.servers;
  let keys: string[] = [];
  const inObjects = await settling(async () => judgeObjects((keys = await listKeys(s3, s3.bucket)), slots), (found) => found.length === 0, graceMs);
  return { wrong: [...wrong, ...inFeed, ...inJournal, ...inTopic.wrong, ...inObjects], objects: keys.length, objectsMs: Date.now() - began, topicDoubles: inTopic.doubles, swept: await sweptObjects(stack) };
};

/** Looks again until it is right, or the time is over; then it is as it is. */
const settling = async <T>(look: () => Promise<T>, isRight: (found: T) => boolean, withinMs: number): Promise<T> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (isRight(found) || Date.now() > deadline) return found;
    await pause(askAgainAfterMs);
  }
};

const sweptObjects = async (stack: FaultStack): Promise<number> => {
  const pages = await Promise.all(stack.replicasOf('ingest').map(({ metrics }) => call(`http://${metrics}/metrics`)));
  return pages.reduce((sum, { body }) => sum + Number(/^isocenter_objects_swept_total(?:\{[^}]*\})? (\d+)$/m.exec(body.toString())?.[1] ?? 0), 0);
};
