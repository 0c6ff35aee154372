import { largestFrame } from '@isocenter/dicom';
import { NotFound, type Selection } from '@isocenter/http';
import { frameBytes, FramePool } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { originalOf, refuseImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { heldBytes } from '../transcode-frames/transcode-frames.js';
import { requireMatch } from '../retrieve-instances/require-match.js';
import { AHEAD } from '../retrieve-instances/stream-parts.js';
import { heldByHeader } from './held-by-header.js';
import { requireImage } from './require-image.js';
import { isEncapsulated, needsFrames } from './transcode-instance.js';
import { requireNativeLength } from './write-pixel-data.js';

/** An answer that would hold more has fewer instances in work at once. */
const HELD_BYTES = 64 * 1024 * 1024;

/** Instances that are looked at together: their metadata are read, which takes the way to the store. */
const TOGETHER = 4;

/** What an answer takes whose frames are worked on, or whose headers are large. */
export interface Held {
  /** Bytes of both at most; 0 where there is nothing of the kind. */
  readonly bytes: number;
  /** Instances that are made while one is sent. */
  readonly ahead: number;
}

/** Looks at all instances of an answer before its first byte is sent. */
@Injectable()
export class CheckInstances {
  constructor(private readonly images: StoredImages, private readonly pool: FramePool) {}

  /**
   * Throws NotAcceptable when one of them cannot be had in the syntax that it would be sent in, as far as its description tells.
   *
   * @param signal of who waits: for who has left nothing more is looked at
   */
  async run(rows: AsyncIterable<InstanceRow>, original: boolean, selection: Selection, signal: AbortSignal): Promise<Held> {
    let [largest, count] = [0, 0];
    const looking: Promise<number>[] = [];
    for await (const row of rows) {
      if (signal.aborted) break;
      count++;
      const match = requireMatch(selection, row.transferSyntax);
      if (match.kind !== 'transcode') continue;
      const held = this.check(original ? originalOf(row) : row, match.transferSyntax);
      // Looked at when it is its turn; until then its failure is no unhandled one.
      held.catch(() => undefined);
      looking.push(held);
      if (looking.length >= TOGETHER) largest = Math.max(largest, await looking.shift()!);
    }
    return heldBy(Math.max(largest, ...(await Promise.all(looking))), count);
  }

  private async check(row: InstanceRow, target: string): Promise<number> {
    try {
      const found = await this.images.find(row);
      const { row: current, metadata } = found;
      const header = heldByHeader(found);
      if (!needsFrames(metadata, current.transferSyntax, target)) return header;
      const { image, table } = await requireImage(this.images, current);
      const largest = largestFrame(table);
      this.pool.check({ transferSyntaxUid: current.transferSyntax, image }, target, largest);
      if (!isEncapsulated(target)) requireNativeLength(table.frames * frameBytes(image));
      return header + heldBytes(image, table.frames, largest);
    } catch (error) {
      // Deleted since it was listed: the answer will not have it.
      if (error instanceof NotFound) return 0;
      throw refuseImage(error);
    }
  }
}

/** @param largest bytes that an instance holds */
export function heldBy(largest: number, count: number): Held {
  const ahead = largest === 0 ? AHEAD : Math.min(AHEAD, Math.max(1, Math.floor(HELD_BYTES / largest) - 1));
  return { ahead, bytes: Math.min(count, ahead + 1) * largest };
}
