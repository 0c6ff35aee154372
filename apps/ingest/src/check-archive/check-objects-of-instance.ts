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
  /** Of what the row knows it; absent where the object is made of another one. */
  readonly size?: number | null;
  readonly sha256?: string | null;
}

/** The metadata of an instance, and of what was sent first when it was updated. */
export interface MetadataOfInstance {
  readonly latest: InstanceMetadataRow | undefined;
  readonly original: InstanceMetadataRow | undefined;
}

/** Whether all objects that an instance's rows name are there, and are what the rows say. The rows were read one after the other: the caller looks whether they are still so. */
export async function checkObjectsOfInstance(row: InstanceRow, { latest, original }: MetadataOfInstance, { objects }: CheckPorts, how: CheckRequest['objects'], signal: AbortSignal): Promise<Wrong[]> {
  const named: Named[] = [{ what: 'The object', key: row.objectKey, size: row.size, sha256: row.sha256 }, ...besideOf('', latest)];
  if (row.originalObjectKey !== null) named.push({ what: 'The object of the original', key: row.originalObjectKey, size: row.originalSize, sha256: row.originalSha256 }, ...besideOf(' of the original', original));
  const wrong = await Promise.all(named.map((one) => checkObject(one, objects, how, signal)));
  const ofRows = [...checkMetadata('It', row.version, latest), ...(row.originalVersion === null ? [] : checkMetadata('What was sent first', row.originalVersion, original))];
  return [...ofRows, ...wrong.filter((one) => one !== undefined)];
}

function besideOf(of: string, metadata: InstanceMetadataRow | undefined): Named[] {
  const keys: [string, string | null | undefined][] = [['metadata', metadata?.metadataKey], ['frame table', metadata?.frameTableKey]];
  return keys.flatMap(([name, key]) => (typeof key === 'string' ? [{ what: `The object of the ${name}${of}`, key }] : []));
}

function checkMetadata(what: string, version: string, metadata: InstanceMetadataRow | undefined): Wrong[] {
  if (metadata?.version === version) return [];
  return [{ kind: 'metadata-missing', what: metadata ? `${what} has the metadata of another version.` : `${what} has no metadata.` }];
}

async function checkObject({ what, key, size, sha256 }: Named, objects: ObjectStore, how: CheckRequest['objects'], signal: AbortSignal): Promise<Wrong | undefined> {
  try {
    const found = await objects.stat(key);
    if (typeof size !== 'number') return undefined;
    if (found.size !== size) return { kind: 'object-damaged', what: `${what} has ${found.size} bytes; stored were ${size}.` };
    if (how === 'digest' && (await digestOf(objects, key, size, signal)) !== sha256) return { kind: 'object-damaged', what: `${what} has another SHA-256 than what was stored.` };
    return undefined;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return { kind: size === undefined ? 'metadata-missing' : 'object-missing', what: `${what} is not there.` };
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
