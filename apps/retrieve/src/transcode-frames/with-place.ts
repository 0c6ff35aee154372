/** A client that takes nothing of what is transcoded for so long is cut off: others wait for his place. */
export const PATIENCE_MS = 60_000;

/** What is made in a place, which is given back when it ends, however it does. */
export async function* withPlace<T>(release: () => void, made: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  try {
    yield* made;
  } finally {
    release();
  }
}
