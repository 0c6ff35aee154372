import { NotAcceptable } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { StoredImage, StoredImages } from '@isocenter/stored-instances';

/** Throws NotAcceptable for an image whose frames cannot be told apart: there is no other form of it. */
export async function requireImage(images: StoredImages, row: InstanceRow): Promise<StoredImage> {
  try {
    return await images.require(row, [1]);
  } catch (error) {
    throw error instanceof Error && 'status' in error && error.status === 404 ? new NotAcceptable(`The instance cannot be transcoded: ${error.message}`, { cause: error }) : error;
  }
}
