import type { StoragePlace } from '@isocenter/config';
import { OperationFailedError } from '@isocenter/operations';
import { BucketSource } from './bucket-source.js';
import { FolderSource } from './folder-source.js';
import type { Source } from './source.js';

/** A source of the settings. Rejects with OperationFailedError when there is none of the name, or it cannot be used. */
export async function openSource(name: string, places: readonly StoragePlace[]): Promise<Source> {
  const place = places.find((one) => one.name === name);
  if (!place) throw new OperationFailedError(`The source '${name}' is not in IMPORT_SOURCES any more.`);
  return place.type === 'file' ? FolderSource.open(place.folder, name) : BucketSource.open(place);
}
