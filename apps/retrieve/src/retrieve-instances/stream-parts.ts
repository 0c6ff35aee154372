import type { InstanceRow } from '@isocenter/metadata-store';
import type { OpenedInstance } from '@isocenter/stored-instances';

export interface PartSource {
  readonly open: (row: InstanceRow) => Promise<OpenedInstance>;
  readonly head: (row: InstanceRow) => Buffer;
  readonly closing: () => Buffer;
  /** Of objects, from 1. */
  readonly ahead: number;
}

/** Objects that are opened, and so read ahead, while one is sent. */
export const AHEAD = 3;

/** The bytes of a multipart answer: heads and objects in turn, the next objects read ahead while one is sent. Chunks are lent. */
export async function* streamParts(rows: AsyncIterable<InstanceRow>, source: PartSource): AsyncGenerator<Buffer> {
  const opening: Promise<OpenedInstance>[] = [];
  const iterator = rows[Symbol.asyncIterator]();
  let more = true;
  const openNext = async (): Promise<void> => {
    const next = await iterator.next();
    if (next.done) {
      more = false;
      return;
    }
    const opened = source.open(next.value);
    // Looked at when it is its turn; until then its failure is no unhandled one.
    opened.catch(() => undefined);
    opening.push(opened);
  };
  try {
    while (more && opening.length < source.ahead) await openNext();
    for (let current = opening.shift(); current; current = opening.shift()) {
      const { row, chunks } = await current;
      try {
        if (more) await openNext();
        yield source.head(row);
        yield* chunks;
      } finally {
        await chunks.return(undefined);
      }
    }
    yield source.closing();
  } finally {
    for (const left of opening) void left.then(({ chunks }) => chunks.return(undefined), () => undefined);
  }
}
