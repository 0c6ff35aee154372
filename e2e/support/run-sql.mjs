// Another process at the standalone file: runs each line of its input as SQL on the file that is named, and says when it has.
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const db = new DatabaseSync(process.argv[2], { timeout: 10_000 });
process.stdout.write('open\n');
for await (const sql of createInterface({ input: process.stdin })) {
  db.exec(sql);
  process.stdout.write('done\n');
}
db.close();
