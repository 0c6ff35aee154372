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

export const inMegabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`;
