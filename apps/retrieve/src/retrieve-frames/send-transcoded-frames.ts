import { createMultipartWriter, sendBuffers, sendParts } from '@isocenter/http';
import type { FastifyReply } from 'fastify';
import { PATIENCE_MS } from '../transcode-frames/with-place.js';

/** A frame that was made, or a kept one, which may be read as it is sent. */
export interface SentFrame {
  readonly bytes: Buffer | AsyncGenerator<Buffer, void, void>;
  /** Of those that are read, in bytes. */
  readonly length?: number;
}

/** Frames whose first one is there already. */
export interface BegunFrames {
  readonly first: SentFrame;
  readonly others: AsyncGenerator<SentFrame, void, void>;
}

export interface FramesForm {
  readonly multipart: boolean;
  readonly mediaType: string;
  readonly transferSyntax: string;
}

/** Frames as they are made; only a single one is a single part. */
export async function sendTranscodedFrames(reply: FastifyReply, { first, others }: BegunFrames, { multipart, mediaType, transferSyntax }: FramesForm): Promise<void> {
  const contentType = `${mediaType}; transfer-syntax=${transferSyntax}`;
  if (!multipart) {
    await others.return();
    if (Buffer.isBuffer(first.bytes)) sendBuffers(reply, contentType, [first.bytes], () => undefined);
    else await sendParts(reply, contentType, first.bytes, first.length);
    return;
  }
  const writer = createMultipartWriter(mediaType);
  const head = (): Buffer => writer.partHead(contentType);
  await sendParts(reply, writer.contentType, partsOf({ first, others }, head, () => writer.closing()), undefined, PATIENCE_MS);
}

async function* partsOf({ first, others }: BegunFrames, head: () => Buffer, closing: () => Buffer): AsyncGenerator<Buffer> {
  try {
    yield* partOf(first, head);
    for await (const frame of others) yield* partOf(frame, head);
    yield closing();
  } finally {
    await others.return();
  }
}

async function* partOf({ bytes }: SentFrame, head: () => Buffer): AsyncGenerator<Buffer, void, void> {
  try {
    yield head();
    if (Buffer.isBuffer(bytes)) yield bytes;
    else yield* bytes;
  } finally {
    if (!Buffer.isBuffer(bytes)) await bytes.return();
  }
}
