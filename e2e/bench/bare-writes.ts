import fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ctInstance } from '../support/synthetic-instance.js';
import { quantile } from './drive-load.js';
import { instanceOf } from './sample-data.js';

/**
 * `node bare-writes.js <empty folder> <files> <at a time>`: what the disk gives. Opens, writes, fsyncs and closes files of
 * the size of a synthetic CT and does nothing else; prints `{ perSecond, p99 }`. A process of its own, because the size
 * of the thread pool is fixed at its start.
 */
const [open, writev, fsync, close] = [promisify(fs.open), promisify(fs.writev), promisify(fs.fsync), promisify(fs.close)];
const [folder = '', files = '0', atATime = '1'] = process.argv.slice(2);
const count = Number(files);
const pieces = ctInstance(instanceOf('bare', 0));
const times: number[] = [];
let next = 0;

const lane = async (): Promise<void> => {
  while (next < count) {
    const path = join(folder, String(next++));
    const started = performance.now();
    const fd = await open(path, 'wx');
    await writev(fd, pieces);
    await fsync(fd);
    await close(fd);
    times.push(performance.now() - started);
  }
};

const started = performance.now();
await Promise.all(Array.from({ length: Number(atATime) }, lane));
const perSecond = (count / (performance.now() - started)) * 1000;
times.sort((a, b) => a - b);
process.stdout.write(`${JSON.stringify({ perSecond, p99: quantile(times, 0.99) })}\n`);
