import { counter, histogram } from '@isocenter/telemetry';
import type { ObjectStore, ObjectWriter } from './object-store.js';
import { ObjectStoreError } from './object-store-errors.js';

const seconds = histogram('object_store_operation_seconds', 'Seconds of an operation of the object store; a commit is durable at its end');
const bytes = counter('object_store_bytes_total', 'Bytes written to and asked of the object store');

/** Any adapter, with its operations counted and timed. */
export function measured(store: ObjectStore): ObjectStore {
  return {
    openWriter: async (key) => measuredWriter(await store.openWriter(key)),
    put: (key, content) => timed('put', store.put(key, content), content.length),
    read: (key, range) => timed('read', store.read(key, range), range?.length),
    readRange: (key, offset, length) => timed('read-range', store.readRange(key, offset, length), length),
    lend: (key, range) => timed('read', store.lend(key, range), range?.length),
    lendRange: (key, offset, length) => timed('read-range', store.lendRange(key, offset, length), length),
    stat: (key) => timed('stat', store.stat(key)),
    remove: (keys) => timed('remove', store.remove(keys)),
    list: (prefix, after) => store.list(prefix, after),
    sweepTemporary: (olderThanMs) => store.sweepTemporary(olderThanMs),
    check: () => store.check(),
    close: () => store.close(),
  };
}

function measuredWriter(writer: ObjectWriter): ObjectWriter {
  return {
    write: (chunk, given) => writer.write(chunk, given),
    commit: async () => {
      const done = await timed('commit', writer.commit());
      bytes.add(done.size, { direction: 'write' });
      return done;
    },
    abort: () => writer.abort(),
  };
}

async function timed<T>(operation: string, running: Promise<T>, size = 0): Promise<T> {
  const started = performance.now();
  try {
    const result = await running;
    if (size > 0) bytes.add(size, { direction: operation === 'put' ? 'write' : 'read' });
    seconds.record((performance.now() - started) / 1000, { operation, outcome: 'done' });
    return result;
  } catch (error) {
    seconds.record((performance.now() - started) / 1000, { operation, outcome: error instanceof ObjectStoreError ? error.code : 'error' });
    throw error;
  }
}
