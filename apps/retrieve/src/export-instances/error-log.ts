import { ObjectExistsError, ObjectNotFoundError, type ObjectStore } from '@isocenter/object-store';
import type { ExportKeys } from './export-keys.js';

/** Why an identifier was skipped: a line of errors.log. */
export interface ExportError {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  /** study/series/instance, or what was asked for. */
  readonly identifier: string;
  readonly error: string;
}

/** What a step skipped. A step that is done again says it again. */
export async function writeErrorPart(target: ObjectStore, key: string, errors: readonly ExportError[]): Promise<void> {
  const lines = Buffer.from(errors.map((error) => `${JSON.stringify(error)}\n`).join(''));
  try {
    await target.put(key, lines);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    await target.remove([key]);
    await target.put(key, lines);
  }
}

/** Joins the parts to errors.log and removes them; done again, it only removes what is left of them. */
export async function joinErrorParts(target: ObjectStore, keys: ExportKeys, parts: number): Promise<void> {
  const all = Array.from({ length: parts }, (_none, at) => keys.errorPart(at));
  if (!(await isThere(target, keys.errors))) await writeJoined(target, keys.errors, all);
  await target.remove(all);
}

async function writeJoined(target: ObjectStore, key: string, parts: readonly string[]): Promise<void> {
  const writer = await target.openWriter(key);
  try {
    for (const part of parts) for await (const chunk of await target.read(part)) await writer.write(chunk as Buffer);
  } catch (error) {
    await writer.abort();
    // Another process was faster: it has removed the part.
    if (error instanceof ObjectNotFoundError && (await isThere(target, key))) return;
    throw error;
  }
  try {
    await writer.commit();
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}

async function isThere(target: ObjectStore, key: string): Promise<boolean> {
  try {
    await target.stat(key);
    return true;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return false;
    throw error;
  }
}
