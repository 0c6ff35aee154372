import { Transform } from 'node:stream';

/** How a protocol that says the length of every message first tells what is asked for, and which request is answered. */
export interface Wire {
  /** As much of a message as tells about it; shorter messages are given whole. */
  readonly headBytes: number;
  /** Of the message that begins here, its length included; from its first four bytes. */
  readonly lengthOf: (start: Buffer) => number;
  readonly toRequest: (head: Buffer) => { readonly id: number; readonly name: string };
  /** The id of the request that is answered. */
  readonly toAnswer: (head: Buffer) => number;
}

/** OP_MSG: length, id, id of the request, code; flags, kind of the section, then BSON whose first element is named as the command. */
export const mongodbWire: Wire = {
  headBytes: 64,
  lengthOf: (start) => start.readInt32LE(0),
  toRequest: (head) => ({ id: head.readInt32LE(4), name: head.toString('latin1', 26, head.indexOf(0, 26)) }),
  toAnswer: (head) => head.readInt32LE(8),
};

const produce = 0;

/** Size, api key, version, correlation id; the answer: size, correlation id. */
export const kafkaWire: Wire = {
  headBytes: 12,
  lengthOf: (start) => start.readInt32BE(0) + 4,
  toRequest: (head) => ({ id: head.readInt32BE(8), name: head.readInt16BE(4) === produce ? 'produce' : String(head.readInt16BE(4)) }),
  toAnswer: (head) => head.readInt32BE(4),
};

/** Passes bytes on as they come, but shows the head of each message before any of it has passed. When that says false, nothing more passes. */
export const splitMessages = ({ headBytes, lengthOf }: Wire, onHead: (head: Buffer) => boolean): Transform => {
  let held: Buffer = Buffer.alloc(0);
  let left = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      let at = 0;
      while (at < bytes.length) {
        if (left > 0) {
          const passing = Math.min(left, bytes.length - at);
          at += passing;
          left -= passing;
          continue;
        }
        if (bytes.length - at < 4) break;
        const length = lengthOf(bytes.subarray(at));
        const head = bytes.subarray(at, at + Math.min(headBytes, length));
        if (head.length < Math.min(headBytes, length)) break;
        if (!onHead(head)) return;
        left = length;
      }
      held = bytes.subarray(at);
      done(null, bytes.subarray(0, at));
    },
  });
};
