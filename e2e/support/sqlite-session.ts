import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceRoot } from './workspace.js';

/** A second process that has the file of an archive open, as a backup program or a person with a SQL shell might. */
export interface SqliteSession {
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

export const openSqlite = async (dataDir: string): Promise<SqliteSession> => {
  const child = spawn(process.execPath, [join(workspaceRoot, 'e2e/support/run-sql.mjs'), join(dataDir, 'isocenter.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const expectLine = async (wanted: string): Promise<void> => {
    const { value, done } = await lines.next();
    if (done === true || value !== wanted) throw new Error(`The SQLite session ended or said ${String(value)} instead of ${wanted}.`);
  };
  await expectLine('open');
  const exited = once(child, 'exit');
  return {
    run: async (sql) => {
      child.stdin.write(`${sql}\n`);
      await expectLine('done');
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
