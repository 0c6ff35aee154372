/*
 * First import of every main.ts, and with nothing imported itself: what the program needs of the process it runs in. What
 * comes after it is imported dynamically, since older versions of Node fail when they link it.
 */
const NEEDED_NODE = 24;
/** Threads for files, DNS and compression; libuv reads it when the first of them is used. Each synced write holds one. */
const THREADS = '16';

if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE) {
  process.stderr.write(`isocenter did not start. This is Node.js ${process.versions.node}; isocenter needs ${NEEDED_NODE}. Start it with "npm start", which brings its own, or install Node.js ${NEEDED_NODE}.\n`);
  process.exit(1);
}
process.env.UV_THREADPOOL_SIZE ??= THREADS;

export {};
