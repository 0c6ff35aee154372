import { keepsElements, Part10Scanner, type RewriteSource } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { setImmediate } from 'node:timers/promises';

/** Read at once: all of most instances, the header of nearly all. */
const HEAD_BYTES = 1024 * 1024;
/** Elements of so many bytes are scanned before others have their turn. */
const TURN_BYTES = 128 * 1024;
/** Stands for pixels, at which the scanner does not look. */
const PIXELS = Buffer.alloc(HEAD_BYTES);

/**
 * Scans a stored instance: up to Pixel Data where what stands behind it is copied as it is, else all of it but the pixels of
 * native data, which are not read. Throws DicomParseError.
 */
export async function scanSource(objects: ObjectStore, { objectKey, size }: InstanceRow, target: { readonly explicitVr: boolean }): Promise<RewriteSource> {
  const scanner = new Part10Scanner();
  scanner.noteRootStarts();
  let scanned = 0;
  const push = async (bytes: Buffer): Promise<void> => {
    for (let at = 0; at < bytes.length; at += TURN_BYTES) {
      await scanner.push(bytes.subarray(at, at + TURN_BYTES));
      if (scanner.heldBytes < scanned + TURN_BYTES) continue;
      scanned = scanner.heldBytes;
      await setImmediate();
    }
  };
  const pushFrom = async (offset: number, enough: () => boolean): Promise<number> => {
    let at = offset;
    for await (const chunk of offset < size ? await objects.read(objectKey, { offset, length: size - offset }) : []) {
      await push(chunk as Buffer);
      at += (chunk as Buffer).length;
      if (enough()) break;
    }
    return at;
  };
  const toPixels = (): boolean => scanner.pixelDataBegun;
  try {
    const head = await objects.readRange(objectKey, 0, Math.min(size, HEAD_BYTES));
    await push(head);
    let at = head.length;
    if (!toPixels()) at = await pushFrom(at, toPixels);
    const { pixelData, deflated, ...encoding } = scanner.soFar();
    if (at < size && pixelData !== undefined && keepsElements(encoding, target) && !deflated) return { scanned: scanner.soFar(), ...scanner.rootElements };
    if (pixelData !== undefined && !pixelData.encapsulated && !deflated) {
      const end = Math.min(size, pixelData.offset + pixelData.length);
      while (at < end) {
        const pixels = PIXELS.subarray(0, end - at);
        await scanner.push(pixels);
        at += pixels.length;
      }
    }
    await pushFrom(at, () => false);
    return { scanned: await scanner.end(), ...scanner.rootElements };
  } finally {
    scanner.destroy();
  }
}
