import { createMultipartWriter, sendBuffers, sendParts } from '@isocenter/http';
import type { EncodedFrame } from '@isocenter/imaging';
import type { FastifyReply } from 'fastify';

/** Frames whose first one is there already. */
export interface BegunFrames {
  readonly first: EncodedFrame;
  readonly others: AsyncGenerator<EncodedFrame, void, void>;
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
    sendBuffers(reply, contentType, [first.bytes], () => undefined);
    return;
  }
  const writer = createMultipartWriter(mediaType);
  const head = (): Buffer => writer.partHead(contentType);
  await sendParts(reply, writer.contentType, partsOf({ first, others }, head, () => writer.closing()));
}

async function* partsOf({ first, others }: BegunFrames, head: () => Buffer, closing: () => Buffer): AsyncGenerator<Buffer> {
  try {
    yield head();
    yield first.bytes;
    for await (const { bytes } of others) {
      yield head();
      yield bytes;
    }
    yield closing();
  } finally {
    await others.return();
  }
}
