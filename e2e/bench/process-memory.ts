import { readFile, writeFile } from 'node:fs/promises';

const megabyte = 1024 * 1024;

/** Peak resident memory of a process since `resetPeak`, in bytes (proc(5), VmHWM). */
export const peakMemory = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM.`);
  return Number(kilobytes) * 1024;
};

export const resetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

interface Process { readonly pid: number }

export const resetPeaks = async (processes: readonly Process[]): Promise<void> => void (await Promise.all(processes.map(({ pid }) => resetPeak(pid))));
export const peaks = (processes: readonly Process[]): Promise<number[]> => Promise.all(processes.map(({ pid }) => peakMemory(pid)));

/** The peak of each process while the work is done. */
export const peaksWhile = async (processes: readonly Process[], work: () => Promise<unknown>): Promise<number[]> => {
  await resetPeaks(processes);
  await work();
  return peaks(processes);
};

/** The highest of them: I6 is per process. */
export const peakWhile = async (processes: readonly Process[], work: () => Promise<unknown>): Promise<number> => Math.max(...(await peaksWhile(processes, work)));

export const inMegabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`;
