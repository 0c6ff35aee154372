import type { InstanceMetadataRow, InstanceRow } from '@isocenter/metadata-store';
import { ObjectNotFoundError, ObjectTruncatedError, type ObjectStore } from '@isocenter/object-store';
import { createHash } from 'node:crypto';
import type { CheckPorts } from './check-archive.js';
import type { CheckRequest } from './parse-check.js';

/** What is wrong, in words. */
export interface Wrong {
  readonly kind: 'object-missing' | 'object-damaged' | 'metadata-missing';
  readonly what: string;
}

/** An object that a row names. */
interface Named {
  readonly what: string;
  readonly key: string;
  /** Of what the row knows it. */
  readonly size?: number | null;
  readonly sha256?: string | null;
}

/** Whether all objects that an instance's rows name are there, and are what the rows say. The rows were read one after the other: the caller looks whether they are still so. */
export async function checkObjectsOfInstance(row: InstanceRow, metadata: InstanceMetadataRow | undefined, { objects }: CheckPorts, how: CheckRequest['objects'], signal: AbortSignal): Promise<Wrong[]> {
  const named: Named[] = [{ what: 'The object', key: row.objectKey, size: row.size, sha256: row.sha256 }];
  if (row.originalObjectKey !== null) named.push({ what: 'The object of the original', key: row.originalObjectKey, size: row.originalSize, sha256: row.originalSha256 });
  if (typeof metadata?.metadataKey === 'string') named.push({ what: 'The object of the metadata', key: metadata.metadataKey });
  if (typeof metadata?.frameTableKey === 'string') named.push({ what: 'The object of the frame table', key: metadata.frameTableKey });
  const wrong = await Promise.all(named.map((one) => checkObject(one, objects, how, signal)));
  const ofRow: Wrong[] = metadata?.version === row.version ? [] : [{ kind: 'metadata-missing', what: metadata ? 'Its metadata are those of another version.' : 'It has no metadata.' }];
  return [...ofRow, ...wrong.filter((one) => one !== undefined)];
}

async function checkObject({ what, key, size, sha256 }: Named, objects: ObjectStore, how: CheckRequest['objects'], signal: AbortSignal): Promise<Wrong | undefined> {
  try {
    const found = await objects.stat(key);
    if (typeof size !== 'number') return undefined;
    if (found.size !== size) return { kind: 'object-damaged', what: `${what} has ${found.size} bytes; stored were ${size}.` };
    if (how === 'digest' && (await digestOf(objects, key, size, signal)) !== sha256) return { kind: 'object-damaged', what: `${what} has another SHA-256 than what was stored.` };
    return undefined;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return { kind: 'object-missing', what: `${what} is not there.` };
    if (error instanceof ObjectTruncatedError) return { kind: 'object-damaged', what: `${what} ends early.` };
    throw error;
  }
}

/** Hexadecimal. */
async function digestOf(objects: ObjectStore, key: string, length: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await objects.lend(key, { offset: 0, length })) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
