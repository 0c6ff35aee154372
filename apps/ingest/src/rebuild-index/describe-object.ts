import type { StoreInstanceBody } from '@isocenter/commands';
import { describeInstanceAsync, DicomParseError, Part10Scanner, type ScannedPart10 } from '@isocenter/dicom';
import { ObjectExistsError, ObjectNotFoundError, ObjectTruncatedError, type ObjectStore } from '@isocenter/object-store';
import { createHash } from 'node:crypto';
import type { IngestOptions } from '../ingest-options.js';
import { makeCommand, type Asked, type VersionFields } from '../store-instances/make-command.js';
import { TooMuchAtOnceError } from '../store-instances/too-much-at-once-error.js';

/** A version whose object is there, and what is known of it. */
export interface StoredVersion {
  readonly version: string;
  readonly objectKey: string;
  readonly size: number;
  /** Absent: nobody knows it. */
  readonly sha256?: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
}

export interface Described<A> {
  readonly command: A & VersionFields;
  readonly body: StoreInstanceBody;
  /** The bytes are not those that were stored, but can be read. */
  readonly damaged: boolean;
}

/** What lies beside the object was made by another release, and has its row. */
class OtherReleaseError extends Error {
  override readonly name = 'OtherReleaseError';
}

/**
 * The command that a version would be stored by, made anew of its object by the same steps as with a store. A sentence when
 * there is nothing to make it of. Rejects with what may pass by itself. `isThere`: the version has its rows, which go with
 * what lies beside the object: that is never replaced.
 */
export async function describeObject<A extends Asked>(asked: A, of: StoredVersion, objects: ObjectStore, options: Pick<IngestOptions, 'budget' | 'maxHeaderBytes'>, isThere = false): Promise<Described<A> | string> {
  const share = options.budget.share();
  const scanner = new Part10Scanner({ headerBytes: options.maxHeaderBytes });
  try {
    const { scanned, sha256 } = await scan(scanner, of, objects, (bytes) => share.grow(bytes));
    const description = await describeInstanceAsync(scanned);
    const ids = { study: description.studyInstanceUid, series: description.seriesInstanceUid, sop: description.sopInstanceUid, sopClass: description.sopClassUid };
    if (ids.study !== of.study || ids.series !== of.series || ids.sop !== of.sop) return 'Its stored bytes name another instance.';
    const known = of.sha256 ?? sha256;
    const made = await makeCommand(asked, { ...of, scanned, sha256: known }, description, ids, besideObject(objects, isThere));
    return { ...made, damaged: known !== sha256 };
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return 'Its object is missing from the object store.';
    if (error instanceof ObjectTruncatedError) return 'Its object ends early.';
    if (error instanceof OtherReleaseError) return 'What another release put beside its object is not what this one makes of it. Both that and its row stay as they are.';
    if (error instanceof DicomParseError) return `Its object cannot be read: ${error.message}`;
    throw error;
  } finally {
    scanner.destroy();
    share.release();
  }
}

async function scan(scanner: Part10Scanner, { objectKey, size }: StoredVersion, objects: ObjectStore, fits: (bytes: number) => boolean): Promise<{ scanned: ScannedPart10; sha256: string }> {
  const hash = createHash('sha256');
  for await (const chunk of await objects.read(objectKey, { offset: 0, length: size })) {
    hash.update(chunk as Buffer);
    await scanner.push(chunk as Buffer);
    if (!fits(scanner.heldBytes)) throw new TooMuchAtOnceError();
  }
  return { scanned: await scanner.end(), sha256: hash.digest('hex') };
}

/** What lies beside the object is mostly what a store made of the same bytes. Another release may make something else of them, to which other marks belong. */
function besideObject(objects: ObjectStore, isThere: boolean): Pick<ObjectStore, 'put'> {
  return {
    put: async (key, bytes) => {
      try {
        return await objects.put(key, bytes);
      } catch (error) {
        if (!(error instanceof ObjectExistsError)) throw error;
      }
      if (await holds(objects, key, bytes)) return { size: bytes.length };
      if (isThere) throw new OtherReleaseError();
      await objects.remove([key]);
      return objects.put(key, bytes);
    },
  };
}

async function holds(objects: ObjectStore, key: string, bytes: Buffer): Promise<boolean> {
  let at = 0;
  for await (const chunk of await objects.read(key)) {
    const part = chunk as Buffer;
    if (!part.equals(bytes.subarray(at, at + part.length))) return false;
    at += part.length;
  }
  return at === bytes.length;
}
