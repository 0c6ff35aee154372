import { largestFrame } from '@isocenter/dicom';
import { NotFound, type Selection } from '@isocenter/http';
import { frameBytes, FramePool } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { originalOf, refuseImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { heldBytes } from '../transcode-frames/transcode-frames.js';
import { requireMatch } from '../retrieve-instances/require-match.js';
import { requireImage } from './require-image.js';
import { isEncapsulated, needsFrames } from './transcode-instance.js';
import { requireNativeLength } from './write-pixel-data.js';

/** Instances that are in work at once while an answer streams (see `streamParts`), with the one that is sent. */
const IN_WORK = 4;

/** Looks at all instances of an answer before its first byte is sent. */
@Injectable()
export class CheckInstances {
  constructor(private readonly images: StoredImages, private readonly pool: FramePool) {}

  /**
   * Throws NotAcceptable when one of them cannot be had in the syntax that it would be sent in, as far as its description tells.
   *
   * @param signal of who waits: for who has left nothing more is looked at
   * @returns bytes of frames that the answer is going to hold at most; 0 where none is worked on
   */
  async run(rows: AsyncIterable<InstanceRow>, original: boolean, selection: Selection, signal: AbortSignal): Promise<number> {
    let largest = 0;
    for await (const row of rows) {
      if (signal.aborted) break;
      const match = requireMatch(selection, row.transferSyntax);
      if (match.kind === 'transcode') largest = Math.max(largest, await this.check(original ? originalOf(row) : row, match.transferSyntax));
    }
    return IN_WORK * largest;
  }

  private async check(row: InstanceRow, target: string): Promise<number> {
    try {
      const { row: current, metadata } = await this.images.find(row);
      if (!needsFrames(metadata, current.transferSyntax, target)) return 0;
      const { image, table } = await requireImage(this.images, current);
      const largest = largestFrame(table);
      this.pool.check({ transferSyntaxUid: current.transferSyntax, image }, target, largest);
      if (!isEncapsulated(target)) requireNativeLength(table.frames * frameBytes(image));
      return heldBytes(image, table.frames, largest);
    } catch (error) {
      // Deleted since it was listed: the answer will not have it.
      if (error instanceof NotFound) return 0;
      throw refuseImage(error);
    }
  }
}
