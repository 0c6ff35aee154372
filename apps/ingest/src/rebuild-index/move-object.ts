import { ObjectExistsError, ObjectNotFoundError, type ObjectStore } from '@isocenter/object-store';

/** What may have been accepted behind the journal's end, under the key that it had. No partition's name is written so, and no instance's key has so many segments: neither is ever swept. */
export const UNDECIDED = 'undecided~/';
/** What nobody knows. */
export const QUARANTINE = 'quarantine~/';

/** Bytes under another key; what was moved already is no error. */
export async function moveObject(objects: ObjectStore, from: string, to: string): Promise<void> {
  try {
    await copyObject(objects, from, to);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return;
    if (!(error instanceof ObjectExistsError)) throw error;
  }
  await objects.remove([from]);
}

/** Rejects with ObjectExistsError when the key is taken. */
export async function copyObject(objects: ObjectStore, from: string, to: string): Promise<void> {
  const bytes = await objects.read(from);
  const writer = await objects.openWriter(to).catch((error: unknown) => {
    bytes.destroy();
    throw error;
  });
  try {
    for await (const chunk of bytes) await writer.write(chunk as Buffer);
    await writer.commit();
  } finally {
    await writer.abort();
  }
}
