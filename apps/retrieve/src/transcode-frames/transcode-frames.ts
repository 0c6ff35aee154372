import { type EncodedFrame, frameBytes, FramePool, type ImageDescription } from '@isocenter/imaging';
import { refuseImage, type StoredImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';

/** Frames of one answer that are in work at once: while one is sent the next are made. */
const AHEAD = 2;
/**
 * Bytes that an answer holds while it is made, for the place that it takes: frames as stored, and as they are sent.
 *
 * @param largest bytes of the largest one as stored
 */
export function heldBytes(image: ImageDescription, frames: number, largest: number): number {
  return Math.min(AHEAD, frames) * (largest + frameBytes(image));
}

/** Frames in another transfer syntax. */
@Injectable()
export class TranscodeFrames {
  constructor(private readonly images: StoredImages, private readonly pool: FramePool) {}

  /**
   * In the order of `numbers`; the caller has a place for the request (`FramePool.takePlace`). Throws what a client may hear:
   * 406 when a frame cannot be decoded or the transfer syntax cannot hold it.
   *
   * @param signal of who waits: when he leaves, so do the frames that wait for a thread
   */
  async *run(image: StoredImage, numbers: Iterable<number>, target: string, signal?: AbortSignal): AsyncGenerator<EncodedFrame, void, void> {
    const left = new AbortController();
    const leaves = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
    const begun: Promise<EncodedFrame>[] = [];
    try {
      for (const number of numbers) {
        begun.push(this.transcode(image, number, target, leaves));
        if (begun.length >= AHEAD) yield await begun.shift()!;
      }
      while (begun.length > 0) yield await begun.shift()!;
    } catch (error) {
      throw refuseImage(error);
    } finally {
      left.abort();
      await Promise.allSettled(begun);
    }
  }

  private transcode(image: StoredImage, number: number, target: string, signal: AbortSignal): Promise<EncodedFrame> {
    const done = this.readAndTranscode(image, number, target, signal);
    // Looked at when it is its turn; until then its failure is no unhandled one.
    done.catch(() => undefined);
    return done;
  }

  private async readAndTranscode(image: StoredImage, number: number, target: string, signal: AbortSignal): Promise<EncodedFrame> {
    // Before its bytes are read: nobody holds more than may be decoded.
    this.pool.checkFrame(image.image, this.images.lengthOf(image, number));
    const { source, release } = await this.images.read(image, number);
    try {
      return await this.pool.transcode(source, target, { signal, admitted: true });
    } finally {
      release();
    }
  }
}
