import { parentPort } from 'node:worker_threads';

import { ImagingError } from '../imaging-error.js';
import { free, leaveRoom } from '../same-room.js';
import { type Job, runJob, STARTED, type ThreadAnswer, type ThreadResult } from './job.js';

parentPort?.on('message', (job: Job) => void answer(job));
parentPort?.postMessage(STARTED);

async function answer(job: Job): Promise<void> {
  try {
    const { bytes, rest } = await runJob({ ...job, source: { ...job.source, frame: asBuffer(job.source.frame) } });
    const isOwn = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    const own = isOwn ? bytes : new Uint8Array(bytes);
    tell({ bytes: own, rest }, [own.buffer as ArrayBuffer]);
  } catch (error) {
    const failed = error instanceof ImagingError ? error : new ImagingError('failed', `The frame could not be worked on: ${error instanceof Error ? error.message : String(error)}.`);
    tell({ code: failed.code, text: failed.message });
  } finally {
    free(job.source.frame);
    leaveRoom();
  }
}

function tell(result: ThreadResult, handedOver: ArrayBuffer[] = []): void {
  // Of this thread alone. WASM memory is external memory and no array buffer of Node's.
  const { external, arrayBuffers } = process.memoryUsage();
  parentPort?.postMessage({ ...result, heldBytes: external - arrayBuffers } satisfies ThreadAnswer, handedOver);
}

/** A Buffer arrives as a plain Uint8Array. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
