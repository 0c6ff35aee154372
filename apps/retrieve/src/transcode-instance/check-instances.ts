import { NotFound, type Selection } from '@isocenter/http';
import { describeImage, FramePool, type Metadata } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { originalOf, refuseImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { heldBytes } from '../transcode-frames/transcode-frames.js';
import { requireMatch } from '../retrieve-instances/require-match.js';
import { needsFrames } from './transcode-instance.js';

/** Instances that are in work at once while an answer streams (see `streamParts`), with the one that is sent. */
const IN_WORK = 4;

function numberOfFrames(metadata: Metadata): number {
  return Math.max(1, Number(metadata['00280008']?.Value?.[0] ?? 1) || 1);
}

/** Looks at all instances of an answer before its first byte is sent. */
@Injectable()
export class CheckInstances {
  constructor(private readonly images: StoredImages, private readonly pool: FramePool) {}

  /**
   * Throws NotAcceptable when one of them cannot be had in the syntax that it would be sent in, as far as its description tells.
   *
   * @returns bytes that the answer is going to hold at most
   */
  async run(rows: AsyncIterable<InstanceRow>, original: boolean, selection: Selection): Promise<number> {
    let largest = 0;
    for await (const row of rows) {
      const match = requireMatch(selection, row.transferSyntax);
      if (match.kind === 'transcode') largest = Math.max(largest, await this.check(original ? originalOf(row) : row, match.transferSyntax));
    }
    return IN_WORK * largest;
  }

  private async check(row: InstanceRow, target: string): Promise<number> {
    try {
      const { row: current, metadata } = await this.images.find(row);
      if (!needsFrames(metadata, current.transferSyntax, target)) return 0;
      const image = describeImage(metadata);
      this.pool.check(image, target);
      return heldBytes(image, numberOfFrames(metadata));
    } catch (error) {
      // Deleted since it was listed: the answer will not have it.
      if (error instanceof NotFound) return 0;
      throw refuseImage(error);
    }
  }
}
