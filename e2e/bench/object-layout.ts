import fs from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ctInstance } from '../support/synthetic-instance.js';
import { median, quantile } from './drive-load.js';
import { interleave, shown } from './row.js';
import { instanceOf } from './sample-data.js';

/**
 * `UV_THREADPOOL_SIZE=16 node e2e/dist/bench/object-layout.js [folder]`: what the layout of the objects costs a store, by
 * itself (docs/adr, layout of the objects). Files of 0.5 MB, eight at a time, all of them in one series.
 */
const [open, writev, fdatasync, fsync, close, rename, makeDirectory] =
  [promisify(fs.open), promisify(fs.writev), promisify(fs.fdatasync), promisify(fs.fsync), promisify(fs.close), promisify(fs.rename), promisify(fs.mkdir)];
const below = process.argv[2] ?? tmpdir();
const files = 600;
const atATime = 8;
const rounds = 7;
const pieces = ctInstance(instanceOf('layout', 0));

const syncDirectory = async (path: string): Promise<void> => {
  const fd = await open(path, 'r');
  await fsync(fd);
  await close(fd);
};

/** Callers that come while a sync of the directory runs share the next one. */
const sharedSync = (path: string): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = syncDirectory(path).finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => (running ? (next ??= running.then(start)) : start());
};

const writeTemporary = async (path: string): Promise<void> => {
  const fd = await open(path, 'wx');
  await writev(fd, pieces);
  await fdatasync(fd);
  await close(fd);
};

type Layout = (series: string, incoming: string) => (number: number) => Promise<void>;

const layouts: Readonly<Record<string, Layout>> = {
  'write and fsync, no more': (series) => async (number) => {
    const fd = await open(join(series, String(number)), 'wx');
    await writev(fd, pieces);
    await fsync(fd);
    await close(fd);
  },
  '{sop}_{version}.dcm': (series, incoming) => {
    const syncSeries = sharedSync(series);
    return async (number) => {
      const temporary = join(incoming, String(number));
      await writeTemporary(temporary);
      await rename(temporary, join(series, `${number}_version.dcm`));
      await syncSeries();
    };
  },
  '{sop}/{version}.dcm': (series, incoming) => {
    const syncSeries = sharedSync(series);
    return async (number) => {
      const temporary = join(incoming, String(number));
      const folder = join(series, String(number));
      await Promise.all([writeTemporary(temporary), makeDirectory(folder).then(syncSeries)]);
      await rename(temporary, join(folder, 'version.dcm'));
      await syncDirectory(folder);
    };
  },
};

const measure = async (layout: Layout): Promise<{ perSecond: number; p99: number }> => {
  const folder = await mkdtemp(join(below, 'isocenter-layout-'));
  const [series, incoming] = [join(folder, 'partition/study/series'), join(folder, 'incoming')];
  await mkdir(series, { recursive: true });
  await mkdir(incoming);
  const store = layout(series, incoming);
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: atATime }, async () => {
    while (next < files) {
      const sent = performance.now();
      await store(next++);
      times.push(performance.now() - sent);
    }
  }));
  const perSecond = (files / (performance.now() - started)) * 1000;
  await rm(folder, { recursive: true });
  return { perSecond, p99: quantile(times.sort((a, b) => a - b), 0.99) };
};

const names = Object.keys(layouts);
const results = await interleave(rounds, names, (name) => measure(layouts[name] as Layout));
const rate = (name: string): number => median((results[name] ?? []).map(({ perSecond }) => perSecond));
for (const name of names) {
  const p99 = median((results[name] ?? []).map((one) => one.p99));
  process.stdout.write(`${name.padEnd(28)}${shown(rate(name), '/s').padStart(10)}  p99 ${shown(p99, 'ms').padStart(8)}  ${((rate(name) / rate(names[0] ?? '')) * 100).toFixed(0)} %\n`);
}
