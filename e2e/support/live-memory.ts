import type { ArchiveProcess } from './archive.js';

/** Settings of a process that is asked for its live memory: its inspector listens on a free port of the loopback interface. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Collected twice: buffers that the first collection finds go with the second. */
const calls = [
  { id: 1, method: 'HeapProfiler.collectGarbage' },
  { id: 2, method: 'HeapProfiler.collectGarbage' },
  { id: 3, method: 'Runtime.evaluate', params: { expression: '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())' } },
];

interface Reply {
  readonly id: number;
  readonly result: { readonly result: { readonly value: number } };
}

/** Bytes that the process still needs when its garbage is collected: its heap, and the buffers that the heap holds outside of itself. */
export const liveMemory = ({ name, log }: ArchiveProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    const address = /Debugger listening on (ws:\S+)/.exec(log)?.[1];
    if (address === undefined) throw new Error(`${name} has no inspector; start it with the settings \`inspected\`.`);
    const inspector = new WebSocket(address);
    inspector.onopen = () => calls.forEach((call) => inspector.send(JSON.stringify(call)));
    inspector.onmessage = ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as Reply;
      if (id !== 3) return;
      resolve(result.result.value);
      inspector.close();
    };
    inspector.onclose = () => reject(new Error(`The inspector of ${name} closed the connection.`));
  });
