// Opens the folder of its argument, writes a row, says so, and keeps the folder until it is killed.
import { StandaloneFile } from '../src/standalone-file.js';

const folder = process.argv[2];
if (folder === undefined) throw new Error('hold-folder needs a folder.');
const file = StandaloneFile.open(folder, [{ name: 'words', migrations: ['CREATE TABLE words (place INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT'] }], 1);
await file.write({ statements: [{ sql: 'INSERT INTO words (word) VALUES (?)', params: ['written by the child'] }], durable: true });
process.stdout.write('holding\n');
setInterval(() => file.pendingWrites, 60_000);
