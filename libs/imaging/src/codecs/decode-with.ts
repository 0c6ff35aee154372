import { type CodestreamDecoder, type FrameInfo } from '@cornerstonejs/codec-openjpeg/wasmjs';

/** What a decoder gave; `bytes` are a copy. */
export interface Decoded<D> {
  readonly bytes: Buffer;
  readonly info: FrameInfo;
  readonly decoder: D;
}

/** One frame through a decoder of its own, which is freed whatever happens. */
export function decodeWith<D extends CodestreamDecoder, R>(Decoder: new () => D, frame: Buffer, read: (decoded: Decoded<D>) => R): R {
  const decoder = new Decoder();
  try {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    return read({ bytes: Buffer.from(decoder.getDecodedBuffer()), info: decoder.getFrameInfo(), decoder });
  } finally {
    decoder.delete();
  }
}

/** The modules print what they find wrong with a frame, which may come from the frame. */
export function silent(): { print(): void; printErr(): void } {
  return { print() {}, printErr() {} };
}
