import { freeGiven } from '@isocenter/memory';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

const LINE_END = '\r\n';

/** Writes the body of a request to the service's connection, at its pace, and frees what is written; chunked (RFC 9112 §7.1) when its length is not known. `onEnd` when all is handed over. */
export function bodyWriter(socket: Socket, framing: 'length' | 'chunked', onEnd: () => void): Writable {
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      const written = (error?: Error | null): void => {
        if (!error) freeGiven(bytes);
        done(error);
      };
      if (framing === 'length') return void socket.write(bytes, written);
      socket.cork();
      socket.write(bytes.length.toString(16) + LINE_END, 'latin1');
      socket.write(bytes);
      socket.write(LINE_END, 'latin1', written);
      socket.uncork();
    },
    final(done) {
      onEnd();
      if (framing === 'length') done();
      else socket.write(`0${LINE_END}${LINE_END}`, 'latin1', done);
    },
  });
}
