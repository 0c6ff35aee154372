import { createMultipartWriter, sendParts } from '@isocenter/http';
import type { FastifyReply } from 'fastify';
import { PATIENCE_MS } from '../transcode-frames/patience.js';

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
  /** Gives the place back: what waits to be sent is held too. */
  readonly release: () => void;
}

export interface FramesForm {
  readonly multipart: boolean;
  readonly mediaType: string;
  readonly transferSyntax: string;
}

/** Frames as they are made; only a single one is a single part. */
export async function sendTranscodedFrames(reply: FastifyReply, { first, others, release }: BegunFrames, { multipart, mediaType, transferSyntax }: FramesForm): Promise<void> {
  const contentType = `${mediaType}; transfer-syntax=${transferSyntax}`;
  try {
    if (!multipart) {
      await others.return();
      const { bytes, length } = first;
      return await (Buffer.isBuffer(bytes) ? sendParts(reply, contentType, only(bytes), bytes.length, PATIENCE_MS) : sendParts(reply, contentType, bytes, length, PATIENCE_MS));
    }
    const writer = createMultipartWriter(mediaType);
    const head = (): Buffer => writer.partHead(contentType);
    await sendParts(reply, writer.contentType, partsOf({ first, others }, head, () => writer.closing()), undefined, PATIENCE_MS);
  } finally {
    release();
  }
}

async function* partsOf({ first, others }: Omit<BegunFrames, 'release'>, head: () => Buffer, closing: () => Buffer): AsyncGenerator<Buffer> {
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

async function* only(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes;
}
