import type { KnownFrames } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { readFrame } from './read-frame.js';

/** A frame as it is decoded: all of its bytes. */
export interface WholeFrame {
  readonly bytes: Buffer;
  /** To be called when nobody looks at the bytes any more. */
  readonly release: () => void;
}

/** As `readFrame`, all of it in memory: its length is to be looked at first. */
export async function readWholeFrame(objects: ObjectStore, row: InstanceRow, table: KnownFrames, number: number): Promise<WholeFrame> {
  const { bytes, length, release } = await readFrame(objects, row, table, number);
  if (Buffer.isBuffer(bytes)) return { bytes, release };
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  // The chunks are lent: each is copied before the next is asked for.
  for await (const chunk of bytes) at += chunk.copy(whole, at);
  return { bytes: whole.subarray(0, at), release };
}
