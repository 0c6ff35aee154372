import { type EncodedFrame, frameBytes, FramePool, type ImageDescription } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { type MadeResult, type Result, ResultCache } from '@isocenter/result-cache';
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

/** Frames in another transfer syntax: those that are kept, and others as they are made. */
@Injectable()
export class TranscodeFrames {
  constructor(private readonly images: StoredImages, private readonly pool: FramePool, private readonly results: ResultCache) {}

  /** Whether it is kept. */
  has(row: InstanceRow, number: number, target: string): boolean {
    return this.results.has({ row, form: formOf(number, target) });
  }

  /**
   * One frame, for which a place is taken only where it is not kept, and one for all who ask for it at the same time. Throws as `run`, and 503
   * when there is no place.
   *
   * @param signal of who waits
   */
  async one(row: InstanceRow, number: number, target: string, signal: AbortSignal): Promise<Result> {
    const make = async (left: AbortSignal): Promise<MadeResult> => {
      const image = await this.images.require(row, [number]);
      const held = this.held(image, [number]);
      return resultOf(await this.pool.admit(held, () => this.make(image, number, target, left), left));
    };
    try {
      return await this.results.get({ row, form: formOf(number, target) }, make, signal);
    } catch (error) {
      throw refuseImage(error);
    }
  }

  /** Bytes that an answer of these frames holds while it is made. Throws ImagingError where one of them has more than is worked on. */
  held(image: StoredImage, numbers: readonly number[]): number {
    const largest = numbers.reduce((most, number) => Math.max(most, this.images.lengthOf(image, number)), 0);
    this.pool.checkFrame(image.image, largest);
    return heldBytes(image.image, numbers.length, largest);
  }

  /**
   * In the order of `numbers`; the caller has a place for the request (`FramePool.takePlace`). Throws what a client may hear:
   * 406 when a frame cannot be decoded or the transfer syntax cannot hold it.
   *
   * @param count of the numbers: so many that they would drive out what others asked for are not kept
   * @param signal of who waits: when he leaves, so do the frames that wait for a thread
   */
  async *run(image: StoredImage, numbers: Iterable<number>, count: number, target: string, signal?: AbortSignal): AsyncGenerator<EncodedFrame, void, void> {
    const left = new AbortController();
    const leaves = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
    const transcode = this.results.mayHold(count * frameBytes(image.image)) ? this.keep : this.make;
    const begun: Promise<EncodedFrame>[] = [];
    try {
      for (const number of numbers) {
        const frame = transcode.call(this, image, number, target, leaves);
        // Looked at when it is its turn; until then its failure is no unhandled one.
        frame.catch(() => undefined);
        begun.push(frame);
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

  private async keep(image: StoredImage, number: number, target: string, signal: AbortSignal): Promise<EncodedFrame> {
    const make = async (left: AbortSignal): Promise<MadeResult> => resultOf(await this.make(image, number, target, left));
    return frameOf(await this.results.get({ row: image.row, form: formOf(number, target) }, make, signal));
  }

  private async make(image: StoredImage, number: number, target: string, signal: AbortSignal): Promise<EncodedFrame> {
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

/** All that tells frames of a version apart. */
function formOf(number: number, target: string): string {
  return `${target}/${number}`;
}

function resultOf({ bytes, ...rest }: EncodedFrame): MadeResult {
  return { bytes, head: JSON.stringify(rest) };
}

async function frameOf({ bytes, head, length }: Result): Promise<EncodedFrame> {
  const rest = JSON.parse(head) as Omit<EncodedFrame, 'bytes'>;
  if (Buffer.isBuffer(bytes)) return { bytes, ...rest };
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const chunk of bytes) at += chunk.copy(whole, at);
  return { bytes: whole, ...rest };
}
