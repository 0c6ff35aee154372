import { digestChanges, digestStudy, NO_ANSWERS } from '@isocenter/journal';
import { REBUILD } from '@isocenter/metadata-store';
import { createHash } from 'node:crypto';
import { moveState } from './move-state.js';
import type { PhaseStep } from './rebuild-context.js';
import type { RebuildRequest } from './rebuild-progress.js';

const STUDIES = 32;
/** Changes that are digested at a time: part of what the digest is. */
const CHANGES = 1_000;
const STEP_MS = 1_000;

interface DigestPlace {
  /** Key of the partition in hand, and its last study that is done; undefined behind the last partition. */
  readonly partition?: number;
  readonly afterOrdinal: number;
  readonly studies: string;
  readonly instances: number;
  readonly after: number;
  readonly feed: string;
}

const BEGIN: DigestPlace = { partition: 1, afterOrdinal: -1, studies: NO_ANSWERS, instances: 0, after: 0, feed: NO_ANSWERS };

/** One digest of all answers of the archive: the proof that they are what they were. It is the last phase, and ends with the rebuild. */
export const digestArchive: PhaseStep = async (progress, { ports, operation }) => {
  const { store } = ports;
  const place = (progress.place as DigestPlace | undefined) ?? BEGIN;
  const until = performance.now() + STEP_MS;
  if (place.partition !== undefined) {
    const [partition, next] = await store.listPartitions(place.partition - 1);
    const tags = (await store.listQueryTags()).filter(({ status }) => status === 'ready');
    let { afterOrdinal, studies, instances } = place;
    if (partition && afterOrdinal < 0) studies = createHash('sha256').update(studies).update(partition.name).update(partition.createdAt).digest('hex');
    for (let page; partition && performance.now() < until;) {
      page = await store.listStudies(partition.key, afterOrdinal, STUDIES);
      for (const row of page) {
        const digested = await digestStudy(row, tags, studies, ports);
        studies = digested.digest;
        instances += digested.count;
        afterOrdinal = row.ordinal;
      }
      if (page.length === 0) return { place: { ...place, partition: next?.key, afterOrdinal: -1, studies, instances } satisfies DigestPlace, percent: 95 };
    }
    return { place: { ...place, partition: partition && place.partition, afterOrdinal: Math.max(afterOrdinal, 0), studies, instances } satisfies DigestPlace, percent: 95 };
  }
  let { after, feed } = place;
  while (performance.now() < until) {
    const { digest, count } = await digestChanges(after, CHANGES, feed, ports);
    feed = digest;
    after += count;
    if (count === CHANGES) continue;
    const sha256 = createHash('sha256').update(place.studies).update(feed).digest('hex');
    const rebuild = await store.readCursor(REBUILD);
    // Another task has rebuilt nothing.
    const isOver = rebuild?.detail === 'restoring' || rebuild?.detail === 'deriving';
    if (isOver && (operation.request as RebuildRequest).task === 'rebuild' && !(await moveState(store, operation.id, rebuild, ''))) return undefined;
    return { done: true, digest: { instances: place.instances, changes: after, sha256 } };
  }
  return { place: { ...place, after, feed } satisfies DigestPlace, percent: 98 };
};
