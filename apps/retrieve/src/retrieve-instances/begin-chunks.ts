const NOTHING = Buffer.alloc(0);

/**
 * Chunks of which the first are there. What is begun ends what it reads when it is ended, even when nobody read of it; a
 * generator that was never asked for anything would not.
 */
export async function beginChunks(chunks: AsyncGenerator<Buffer, undefined, void>): Promise<AsyncGenerator<Buffer, undefined, void>> {
  const begun = begin(chunks);
  await begun.next();
  return begun;
}

/** Gives nothing first, when the first bytes are there. */
async function* begin(chunks: AsyncGenerator<Buffer, undefined, void>): AsyncGenerator<Buffer, undefined, void> {
  try {
    const first = await chunks.next();
    yield NOTHING;
    if (!first.done) yield first.value;
    yield* chunks;
  } finally {
    await chunks.return(undefined);
  }
  return undefined;
}
