import { type FileHandle } from 'node:fs/promises';

const PIECE_BYTES = 256 * 1024;

export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';

  constructor() {
    super('It became shorter while it was read.');
  }
}

/** The first `size` bytes of a file, piece by piece. Throws `FileChangedError` when there are fewer. */
export async function* readPieces(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) throw new FileChangedError();
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
