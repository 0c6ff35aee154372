import type { StoragePlace } from '@isocenter/config';
import { ByteBudget, FilesObjectStore, ObjectStoreSettingsError, type ObjectStore } from '@isocenter/object-store';
import { OperationFailedError } from '@isocenter/operations';

/** Bytes on their way to all buckets together (I6). */
const BUDGET = 32 * 1024 * 1024;
/** Of files that a killed process was writing; another process may write to the same folder. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/** The destinations of the settings, opened when they are first written to. */
export class ExportDestinations {
  private readonly opened = new Map<string, Promise<ObjectStore>>();
  private readonly budget = new ByteBudget(BUDGET);

  constructor(private readonly destinations: readonly StoragePlace[]) {}

  /** Throws OperationFailedError when the settings have no such destination, or one that cannot be used; a retriable error while it is away. */
  async open(name: string): Promise<ObjectStore> {
    const destination = this.destinations.find((one) => one.name === name);
    if (!destination) throw new OperationFailedError(`The destination '${name}' is not in EXPORT_DESTINATIONS any more.`);
    const opening = this.opened.get(name) ?? this.openNow(destination);
    this.opened.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      this.opened.delete(name);
      if (error instanceof ObjectStoreSettingsError) throw new OperationFailedError(`The destination '${name}' cannot be used as EXPORT_DESTINATIONS has it. ${error.message}`, { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const opening of this.opened.values()) await (await opening.catch(() => undefined))?.close();
  }

  private async openNow(destination: StoragePlace): Promise<ObjectStore> {
    if (destination.type === 'file') {
      const folder = await FilesObjectStore.open(destination.folder);
      await folder.sweepTemporary(LEFT_BEHIND_MS);
      return folder;
    }
    const { S3ObjectStore } = await import('@isocenter/object-store/s3');
    const { endpoint, region, bucket, accessKey, secretKey } = destination;
    return S3ObjectStore.open({ endpoint, region, bucket, accessKey, secretKey, budget: this.budget });
  }
}
