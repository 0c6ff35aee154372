import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is yes; throws with `what` when that takes too long. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>, withinMs = 120_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`For ${withinMs} ms it was not so that ${what}.`);
    await pause(10);
  }
};
