import type { InstanceRow } from '@isocenter/metadata-store';
import { ObjectExistsError, type ObjectStore } from '@isocenter/object-store';
import type { StoredInstances } from '@isocenter/stored-instances';

/**
 * Streams the bytes of an instance, of its latest version, into a destination. One that is there with the same size is done;
 * of another size it is of a version that was replaced meanwhile, and gives way.
 */
export async function copyInstance(row: InstanceRow, instances: StoredInstances, target: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { stream, size } = await instances.resolving(row, async ({ objectKey, size }) => ({ stream: await instances.objects.read(objectKey, { offset: 0, length: size }), size }));
    try {
      return await write(stream, target, key, signal);
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
      if ((await target.stat(key)).size === size) return;
      signal.throwIfAborted();
      await target.remove([key]);
    } finally {
      stream.destroy();
    }
  }
}

async function write(stream: AsyncIterable<Buffer>, target: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
  const writer = await target.openWriter(key);
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      await writer.write(chunk, true);
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.commit();
}
