import { NotFound } from '@isocenter/http';
import type { MetadataStore } from '@isocenter/metadata-store';
import { ObjectExistsError, type ObjectStore } from '@isocenter/object-store';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

/** Reports lie beside the objects of instances, where sweep and check pass them over. No partition's name is written so: `~` stands in none (see `encodeSegment`). */
const PREFIX = 'reports~/';
/** Milliseconds that a report can be read. */
const KEPT_MS = 30 * 24 * 3_600_000;
const DIGITS = 10;
/** Objects that one call removes at most. */
const MOST_REMOVED = 1_000;

const prefixOf = (operation: string): string => `${PREFIX}${operation}/`;

/** What one step of an operation has to tell, a JSON on each line. A step that is done again says it again. */
export async function writeReportPart(objects: ObjectStore, operation: string, part: number, entries: readonly object[]): Promise<void> {
  const key = `${prefixOf(operation)}${String(part).padStart(DIGITS, '0')}.ndjson`;
  const lines = Buffer.from(entries.map((one) => `${JSON.stringify(one)}\n`).join(''));
  try {
    await objects.put(key, lines);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    await objects.remove([key]);
    await objects.put(key, lines);
  }
}

/** What the operation has told until now. `id` as a client wrote it. Throws NotFound when there is none of this type. */
export async function openReport(store: MetadataStore, objects: ObjectStore, type: string, id: string): Promise<AsyncGenerator<Buffer>> {
  const operation = await store.findOperation(id.toLowerCase());
  if (operation?.type !== type) throw new NotFound(`There is no ${type} with this id.`);
  return readReport(objects, operation.id);
}

/** As NDJSON. */
export async function sendReport(reply: FastifyReply, lines: AsyncGenerator<Buffer>): Promise<void> {
  await reply.header('content-type', 'application/x-ndjson').header('cache-control', 'no-store').send(Readable.from(lines, { objectMode: false }));
}

/** What there is of the report, in order. */
export async function* readReport(objects: ObjectStore, operation: string): AsyncGenerator<Buffer> {
  for await (const { key, size } of objects.list(prefixOf(operation))) yield* (await objects.read(key, { offset: 0, length: size })) as AsyncIterable<Buffer>;
}

/** Removes the reports that nobody asks for any more. */
export async function removeOldReports(objects: ObjectStore): Promise<void> {
  const old: string[] = [];
  for await (const { key, modified } of objects.list(PREFIX)) {
    if (modified.getTime() < Date.now() - KEPT_MS && old.push(key) === MOST_REMOVED) break;
  }
  await objects.remove(old);
}
