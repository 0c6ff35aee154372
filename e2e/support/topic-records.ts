import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from './workspace.js';

/** A record of a topic, as a reader outside has it. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

const run = promisify(execFile);
const outputBytes = 256 * 1024 ** 2;

const parseLines = (text: string): unknown[] => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);

/** From the file of the standalone profile. */
export const readStandaloneTopic = async (dataDir: string, topic: string): Promise<TopicRecord[]> => {
  const { stdout } = await run(process.execPath, [join(workspaceRoot, 'e2e/support/read-topic.mjs'), join(dataDir, 'isocenter.db'), topic], { maxBuffer: outputBytes });
  return parseLines(stdout) as TopicRecord[];
};

interface KcatRecord extends Omit<TopicRecord, 'headers' | 'value'> {
  readonly headers?: readonly string[];
  readonly payload: string;
}

/** From Kafka by kcat (a Debian package), which is nobody of us: the whole topic as it is now. */
export const readKafkaTopic = async (brokers: string, topic: string): Promise<TopicRecord[]> => {
  const { stdout } = await run('kcat', ['-b', brokers, '-t', topic, '-C', '-J', '-e', '-q', '-o', 'beginning'], { maxBuffer: outputBytes });
  const records = (parseLines(stdout) as KcatRecord[]).map(({ partition, offset, key, headers = [], payload }) => ({
    partition, offset, key, headers: Object.fromEntries(Array.from({ length: headers.length / 2 }, (_none, at) => [headers[2 * at], headers[2 * at + 1]])) as Record<string, string>, value: payload,
  }));
  return records.sort((one, other) => one.partition - other.partition || one.offset - other.offset);
};
