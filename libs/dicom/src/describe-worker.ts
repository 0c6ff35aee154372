import { parentPort } from 'node:worker_threads';

import { describeInstance } from './describe-instance.js';
import { type ScannedFile } from './element-table.js';

/** What `describeInWorker` posts and gets; typed arrays are handed over, not copied. */
export interface DescribeRequest {
  readonly id: number;
  readonly file: ScannedFile;
}

parentPort?.on('message', ({ id, file }: DescribeRequest) => {
  try {
    // A Buffer arrives as a plain Uint8Array.
    const kept = Buffer.from(file.kept.buffer, file.kept.byteOffset, file.kept.byteLength);
    const description = describeInstance({ ...file, kept });
    const { json, marks } = description.metadata;
    parentPort?.postMessage({ id, description }, [json.buffer as ArrayBuffer, marks.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
