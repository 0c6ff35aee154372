import type { QueryTagRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { createHash } from 'node:crypto';

/** Beside the journal, where no partition's name is written: each object holds all extended query tags as they were at a time; the last one counts. */
const PREFIX = 'query-tags~/';
const DIGITS = 16;
const SET_KEY = new RegExp(`^${PREFIX}\\d{${DIGITS}}\\.ndjson$`);

export function tagSetKey(number: number): string {
  return `${PREFIX}${String(number).padStart(DIGITS, '0')}.ndjson`;
}

export interface TagSet {
  /** The number that was given last: of a tag, or of the set without one. */
  readonly given: number;
  readonly tags: readonly QueryTagRow[];
}

/** The tags as lines, and a digest that changes with them; progress of operations is not part of it. */
export function writeTagSet({ given, tags }: TagSet): { readonly bytes: Buffer; readonly digest: string } {
  const lines = tags.map(({ operation: _operation, ...tag }) => JSON.stringify({ kind: 'query-tag', ...tag }));
  const bytes = Buffer.from([JSON.stringify({ kind: 'query-tags', given }), ...lines, ''].join('\n'));
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** The newest set, with its number; undefined when there never was a tag. */
export async function readNewestTagSet(objects: ObjectStore): Promise<(TagSet & { readonly number: number; readonly digest: string }) | undefined> {
  let newest: string | undefined;
  for await (const { key } of objects.list(PREFIX)) if (SET_KEY.test(key)) newest = key;
  if (newest === undefined) return undefined;
  const bytes = await objects.readRange(newest, 0, (await objects.stat(newest)).size);
  const [head, ...lines] = bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line) as { kind: string });
  const { given } = head as unknown as TagSet;
  const tags = lines.map(({ kind: _kind, ...tag }) => ({ ...tag, operation: null }) as unknown as QueryTagRow);
  return { given, tags, number: Number(newest.slice(PREFIX.length, PREFIX.length + DIGITS)), digest: createHash('sha256').update(bytes).digest('hex') };
}
