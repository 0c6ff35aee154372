import type { KnownFrames } from '@isocenter/dicom';
import { acceptOf, answerNotModified, chooseFrames, createMultipartWriter, dialectPolicies, leftSignal, matchFrames, NotAcceptable, NotFound, parseAccept, type RequestContext, sendBuffers, sendParts } from '@isocenter/http';
import { canTranscode, FramePool, RESULTS_REVISION } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { type Frame, FrameTables, readFrame, refuseImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TranscodeFrames } from '../transcode-frames/transcode-frames.js';
import { parseFrameList } from './parse-frame-list.js';
import { type BegunFrames, sendTranscodedFrames, type SentFrame } from './send-transcoded-frames.js';

export interface FramesPath {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly frames: string;
}

/** WADO-RS of frames: each is one ranged read of the object, whichever of thousands it is. */
@Injectable()
export class RetrieveFrames {
  constructor(
    private readonly instances: StoredInstances, private readonly frameTables: FrameTables, private readonly images: StoredImages, private readonly transcodeFrames: TranscodeFrames,
    private readonly pool: FramePool,
  ) {}

  async run(context: RequestContext, { frames, ...path }: FramesPath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const numbers = parseFrameList(frames);
    const selection = chooseFrames(parseAccept(...acceptOf(request)), numbers.length, dialectPolicies[context.dialect].retrieve.frameForms);
    const scope = await this.instances.scopeOf(context, path);
    const { row, table } = await this.requireFrames(await this.instances.requireInstance(scope), numbers);
    const match = matchFrames(selection, row.transferSyntax, canTranscode);
    if (match.kind === 'not-acceptable') throw new NotAcceptable(`The frames are stored with transfer syntax ${row.transferSyntax} and cannot be transcoded to what the Accept header names; ask with transfer-syntax=*.`);
    const contentType = `${match.mediaType}; transfer-syntax=${match.transferSyntax}`;
    const { multipart } = match.acceptable;
    const form = `${multipart ? 'multipart-' : ''}${match.mediaType}${match.kind === 'transcode' ? `-${match.transferSyntax}-${RESULTS_REVISION}` : ''}`;
    if (await answerNotModified(request, reply, `${row.version}-${numbers.join('.').slice(0, 64)}-${numbers.length}-${form}`)) return;
    if (match.kind === 'transcode') {
      await sendTranscodedFrames(reply, await this.beginTranscoding(row, numbers, match.transferSyntax, leftSignal(reply)), { ...match, multipart });
      return;
    }
    // The first frame is read before the status is sent: its object may just have been replaced.
    const first = await this.instances.resolving(row, async (current) => {
      const now = current === row ? { row, table } : await this.requireFrames(current, numbers);
      return { ...now, frame: await readFrame(this.instances.objects, now.row, now.table, numbers[0]!) };
    });
    const { bytes, length, release } = first.frame;
    if (!multipart) {
      if (Buffer.isBuffer(bytes)) sendBuffers(reply, contentType, [bytes], release);
      else await sendParts(reply, contentType, bytes, length);
      return;
    }
    const writer = createMultipartWriter(match.mediaType);
    if (numbers.length === 1 && Buffer.isBuffer(bytes)) {
      sendBuffers(reply, writer.contentType, [writer.partHead(contentType), bytes, writer.closing()], release);
      return;
    }
    await sendParts(reply, writer.contentType, this.parts(first, numbers, () => writer.partHead(contentType), () => writer.closing()));
  }

  /** The first frame is made before the status is sent: what cannot be transcoded is refused. */
  private beginTranscoding(row: InstanceRow, numbers: readonly number[], target: string, signal: AbortSignal): Promise<BegunFrames> {
    return this.instances.resolving(row, async (current) => {
      const isKept = (number: number): boolean => this.transcodeFrames.has(current, number, target);
      // What is kept waits for nobody's frames.
      if (numbers.every(isKept)) {
        const [first, ...others] = numbers;
        return { first: await this.transcodeFrames.one(current, first!, target, signal), others: this.oneByOne(current, others, target, signal), release: () => undefined };
      }
      try {
        const image = await this.images.require(current, numbers);
        const release = await this.pool.takePlace(this.transcodeFrames.held(image, numbers), signal);
        try {
          if (numbers.length === 1) return { first: await this.transcodeFrames.one(current, numbers[0]!, target, signal), others: this.oneByOne(current, [], target, signal), release };
          const others = this.transcodeFrames.run(image, numbers, numbers.length, target, signal);
          const first = await others.next();
          return { first: first.value!, others, release };
        } catch (error) {
          release();
          throw error;
        }
      } catch (error) {
        throw refuseImage(error);
      }
    });
  }

  private async *oneByOne(row: InstanceRow, numbers: readonly number[], target: string, signal: AbortSignal): AsyncGenerator<SentFrame, void, void> {
    for (const number of numbers) yield await this.transcodeFrames.one(row, number, target, signal);
  }

  private async *parts(first: { row: InstanceRow; table: KnownFrames; frame: Frame }, numbers: readonly number[], head: () => Buffer, closing: () => Buffer): AsyncGenerator<Buffer> {
    const { objects } = this.instances;
    let next: Promise<Frame> = Promise.resolve(first.frame);
    for (let i = 0; i < numbers.length; i += 1) {
      const { bytes, release } = await next;
      if (i + 1 < numbers.length) {
        next = readFrame(objects, first.row, first.table, numbers[i + 1]!);
        next.catch(() => undefined);
      }
      yield head();
      if (Buffer.isBuffer(bytes)) yield bytes;
      else yield* bytes;
      release();
    }
    yield closing();
  }

  private async requireFrames(found: InstanceRow, numbers: readonly number[]): Promise<{ row: InstanceRow; table: KnownFrames }> {
    const { row, table } = await this.frameTables.of(found);
    if (table.kind === 'unknown') throw new NotFound(`The instance has no frames that can be retrieved: ${table.why}`);
    const missing = numbers.find((number) => number > table.frames);
    if (missing !== undefined) throw new NotFound(`There is no frame ${missing}; the instance has ${table.frames}.`);
    return { row, table };
  }
}
