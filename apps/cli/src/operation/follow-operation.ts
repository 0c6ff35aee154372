import { setTimeout as pause } from 'node:timers/promises';
import { type Output } from '../command.js';
import { cutLine, drawBar } from '../draw-bar.js';
import { askArchive, RefusedError, type ArchiveAddress } from './ask-archive.js';

/** Long work of the archive, as it tells of it. */
export interface OperationShown {
  readonly operationId: string;
  readonly status: 'notStarted' | 'running' | 'succeeded' | 'failed' | 'canceled';
  readonly percentComplete: number;
  readonly results?: unknown;
  readonly error?: string;
}

const LOOK_MS = 500;
const LINE_EVERY_MS = 5_000;
/** Looks in a row that may fail: the work goes on whoever looks. */
const MOST_FAILED = 120;

/** Tells how far it is until it has ended: a bar on a terminal, otherwise a line every few seconds. Rejects with RefusedError, and with the reason of `leaving` when that is aborted first. */
export async function followOperation(archive: ArchiveAddress, id: string, output: Output, describe: (operation: OperationShown) => string, leaving?: AbortSignal): Promise<OperationShown> {
  let [failed, lineAt] = [0, 0];
  for (;;) {
    try {
      const operation = (await (await askArchive(archive, 'GET', `/operations/${id}`)).json()) as OperationShown;
      failed = 0;
      const hasEnded = !['notStarted', 'running'].includes(operation.status);
      if (output.isTTY === true) output.write(hasEnded ? '\r\x1b[K' : `\r\x1b[K${cutLine(`${drawBar(operation.percentComplete)} ${operation.percentComplete}%  ${describe(operation)}`, output.columns)}`);
      else if (!hasEnded && performance.now() - lineAt >= LINE_EVERY_MS) {
        lineAt = performance.now();
        output.write(`${operation.percentComplete}%  ${describe(operation)}\n`);
      }
      if (hasEnded) return operation;
    } catch (error) {
      if (!(error instanceof RefusedError) || (error.status !== undefined && error.status < 500) || ++failed >= MOST_FAILED) throw error;
    }
    await pause(LOOK_MS, undefined, { signal: leaving });
  }
}
