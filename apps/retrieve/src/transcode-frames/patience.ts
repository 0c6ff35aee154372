/** A client that takes nothing of what is transcoded for so long is cut off: others wait for his place. */
export const PATIENCE_MS = 60_000;
