import { NotFound } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import { frameLength, openBulkValue, openFrameRange, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';

export interface StoredDocument {
  readonly length: number;
  /** A part of it; the chunks are lent. */
  readonly open: (part: { readonly first: number; readonly length: number }) => Promise<AsyncIterable<Buffer>>;
}

const ENCAPSULATED_DOCUMENT = '00420011';
const ENCAPSULATED_DOCUMENT_LENGTH = '00420015';

/** Where the bytes of a document or video lie. */
@Injectable()
export class FindDocument {
  constructor(private readonly instances: StoredInstances, private readonly images: StoredImages) {}

  /** Throws NotFound. */
  async run(row: InstanceRow): Promise<StoredDocument> {
    const { row: current, metadata, bulk, table } = await this.images.find(row);
    const element = metadata[ENCAPSULATED_DOCUMENT];
    if (element?.InlineBinary !== undefined) {
      const bytes = Buffer.from(element.InlineBinary, 'base64');
      const length = unpadded(bytes.length, metadata[ENCAPSULATED_DOCUMENT_LENGTH]?.Value?.[0]);
      return { length, open: async (part) => one(bytes.subarray(part.first, part.first + part.length)) };
    }
    const value = bulk.find(({ path }) => path === ENCAPSULATED_DOCUMENT);
    if (value !== undefined) {
      const length = unpadded(value.length, metadata[ENCAPSULATED_DOCUMENT_LENGTH]?.Value?.[0]);
      return { length, open: (part) => openBulkValue(this.instances, current, value, part) };
    }
    if (table.kind === 'unknown') throw new NotFound(`The instance has no document and no video: ${table.why}`);
    const length = frameLength(table, 1);
    if (length === 0) throw new NotFound('The video of the instance is empty.');
    return { length, open: (part) => openFrameRange(this.instances, current, table, 1, part) };
  }
}

/** Values have an even length; what the document's own is stands beside it (PS3.3 §C.24.2). */
function unpadded(length: number, said: unknown): number {
  return said === length - 1 ? said : length;
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes;
}
