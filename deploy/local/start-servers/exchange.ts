import { once } from 'node:events';
import { connect } from 'node:net';

const answerWithinMs = 2_000;

/** Sends a request over a connection of its own; resolves with the first answer, whole when `lengthOf` says so. Rejects when none comes in 2 s. */
export async function exchange(port: number, request: Buffer, lengthOf: (firstFour: Buffer) => number): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(answerWithinMs, () => socket.destroy(new Error(`No answer from port ${port} in ${answerWithinMs} ms.`)));
  try {
    await once(socket, 'connect');
    socket.write(request);
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.length >= 4 && answer.length >= lengthOf(answer)) return answer;
    }
    throw new Error(`Port ${port} closed the connection without an answer.`);
  } finally {
    socket.destroy();
  }
}
