import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whether the server takes requests now; asked again until it does. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs?: number;
}

const logBytesKept = 64 * 1024 * 1024;
const askAgainAfterMs = 20;

/** A server that this process started, and the only one that it ends. */
export class ServerProcess {
  #log = '';
  readonly #ended: Promise<void>;

  private constructor(readonly name: string, private readonly child: ChildProcess) {
    const keep = (text: string): void => {
      this.#log = (this.#log + text).slice(-logBytesKept);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    this.#ended = once(child, 'exit').then(() => undefined);
    // Nothing of a test run outlives it, however it ends.
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    void this.#ended.then(() => process.removeListener('exit', killWithUs));
  }

  static async start(start: ServerCommand): Promise<ServerProcess> {
    const child = spawn(start.command, start.args, { cwd: start.cwd, env: start.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    const server = new ServerProcess(start.name, child);
    await server.#waitUntilReady(start);
    return server;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} has no process id.`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Undefined while it runs, and when a signal ended it. */
  get exitCode(): number | undefined {
    return this.child.exitCode ?? undefined;
  }

  /** The last 64 MiB of what it wrote to both of its outputs. */
  get log(): string {
    return this.#log;
  }

  /** Asks it to end; after ten seconds ends it. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.child.kill('SIGTERM');
    const given = new AbortController();
    await Promise.race([this.#ended, pause(10_000, undefined, { signal: given.signal }).catch(() => undefined)]);
    given.abort();
    if (this.running) await this.kill();
  }

  /** As a power cut does, only that the system keeps what was written. */
  async kill(): Promise<void> {
    if (this.running) this.child.kill('SIGKILL');
    await this.#ended;
  }

  async #waitUntilReady({ isReady, readyWithinMs = 120_000 }: ServerCommand): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    while (!(await isReady())) {
      if (!this.running) throw new Error(`${this.name} ended while it started (exit code ${this.child.exitCode}). Its output:\n${this.#log}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(`${this.name} was not ready within ${readyWithinMs} ms. Its output:\n${this.#log}`);
      }
      await pause(askAgainAfterMs);
    }
  }
}
