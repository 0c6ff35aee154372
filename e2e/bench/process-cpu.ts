import { readFile } from 'node:fs/promises';

/** Clock ticks are 10 ms on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const msPerTick = 10;

/** Processor time that a process has used so far, all threads, in milliseconds (proc(5), stat fields 14 and 15). */
export const processorTime = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
};
