// The records of a topic in the standalone file, one JSON object a line: read-topic.mjs FILE TOPIC
import { DatabaseSync } from 'node:sqlite';

const [, , file, topic] = process.argv;
const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
const lines = db.prepare('SELECT partition, offset, key, headers, value FROM log_records WHERE topic = ? ORDER BY partition, offset').all(topic)
  .map(({ headers, value, ...place }) => JSON.stringify({ ...place, headers: JSON.parse(headers), value: Buffer.from(value).toString() }));
db.close();
process.stdout.write(lines.map((line) => `${line}\n`).join(''));
