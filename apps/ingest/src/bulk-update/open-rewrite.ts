import { needsWholeFile, Part10Scanner, planRewrite, rewriteBytes, type ElementChange, type RewriteSource } from '@isocenter/dicom';
import { freeGiven } from '@isocenter/memory';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';

/** Read at once: all of most instances, the header of nearly all. */
const HEAD_BYTES = 1024 * 1024;
/** Of which so much may hold what changes. */
const CHANGED_BYTES = 32 * 1024;

/** The bytes of a stored instance with the changes, to be run through once. Rejects with RewriteRefusedError, DicomParseError or an ObjectStoreError. */
export async function openRewrite(objects: ObjectStore, { objectKey, size }: InstanceRow, changes: readonly ElementChange[], maxHeaderBytes: number): Promise<AsyncIterable<Buffer>> {
  const headBytes = Math.min(size, HEAD_BYTES);
  const head = await objects.readRange(objectKey, 0, headBytes);
  const rest = (): ReturnType<ObjectStore['read']> => objects.read(objectKey, { offset: headBytes, length: size - headBytes });
  const whole = headBytes === size;
  const source = await scanSource(head, whole ? undefined : rest, needsWholeFile(changes), maxHeaderBytes);
  return rewriteBytes(chunks(head, whole ? undefined : rest), planRewrite(source, changes));
}

/** Scans up to Pixel Data, or all of it when it must be or is at hand. */
async function scanSource(head: Buffer, rest: (() => ReturnType<ObjectStore['read']>) | undefined, needsAll: boolean, headerBytes: number): Promise<RewriteSource> {
  const scanner = new Part10Scanner({ headerBytes });
  scanner.noteRootStarts();
  try {
    await scanner.push(head);
    if (rest && (needsAll || !scanner.pixelDataBegun)) {
      for await (const chunk of await rest()) {
        await scanner.push(chunk as Buffer);
        if (!needsAll && scanner.pixelDataBegun) break;
      }
    }
    const enough = rest !== undefined && !needsAll && scanner.pixelDataBegun;
    const scanned = enough ? scanner.soFar() : await scanner.end();
    return { scanned, ...scanner.rootElements };
  } finally {
    scanner.destroy();
  }
}

/** The head in two copies, of which whoever writes them frees the large one as soon as it is written (see `freeGiven`); views of the head would keep all of it. */
async function* chunks(head: Buffer, rest: (() => ReturnType<ObjectStore['read']>) | undefined): AsyncGenerator<Buffer> {
  const [changed, same] = [Buffer.from(head.subarray(0, CHANGED_BYTES)), Buffer.from(head.subarray(CHANGED_BYTES))];
  freeGiven(head);
  yield changed;
  if (same.length > 0) yield same;
  if (rest) yield* await rest();
}
