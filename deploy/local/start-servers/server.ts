import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnBound, type BoundProcess } from '../spawn-bound.js';
import { isFree } from './find-port.js';

export interface ServerCommand {
  readonly name: string;
  /** `host:port` or URL, for people and settings. */
  readonly address: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What the server writes goes to the end of this file. */
  readonly logFile: string;
  /** Whether it takes requests now; asked again and again. A rejection is a no. */
  readonly isReady: () => Promise<boolean>;
}

const readyWithinMs = 90_000;
const askAgainAfterMs = 50;
/** A service may take 45 s: for the requests in flight, then for what it holds. */
const stopWithinMs = 50_000;
const logLinesShown = 15;

/** A server that this process started. It dies with this process. */
export class Server {
  #child: BoundProcess | undefined;

  private constructor(private readonly of: ServerCommand) {}

  /** Resolves when the server takes requests. */
  static async start(of: ServerCommand): Promise<Server> {
    const server = new Server(of);
    await server.#begin();
    return server;
  }

  get name(): string {
    return this.of.name;
  }

  get address(): string {
    return this.of.address;
  }

  get logFile(): string {
    return this.of.logFile;
  }

  /** Process id; undefined while the server is down. */
  get pid(): number | undefined {
    return this.#runs() ? this.#child?.pid : undefined;
  }

  /** Sends the signal. After a SIGKILL it resolves when the process is gone, after any other at once. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.#runs()) throw new Error(`${this.name} is not running; ${signal} was not sent.`);
    child.kill(signal);
    if (signal === 'SIGKILL') await child.end;
  }

  /** Starts the server again, on its port and its data; ends it first when it runs. Resolves when it takes requests. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#begin();
  }

  /** Ends the server in its own way, paused or not, and by SIGKILL when it has not ended after 50 s. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || !this.#runs()) return;
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await child.end;
    clearTimeout(timer);
  }

  /** Resolves when the server takes requests; throws when it ends before, or is not ready within 90 s. */
  async untilReady(): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    let said = 'it answers that it is not';
    const no = (error: Error): boolean => {
      said = error.message;
      return false;
    };
    while (!(await this.of.isReady().catch(no)) || !this.#runs()) {
      if (!this.#runs()) throw await this.#failure('ended before it was ready');
      if (Date.now() > deadline) throw await this.#failure(`was not ready within ${readyWithinMs / 1000} s (${said})`);
      await pause(askAgainAfterMs);
    }
  }

  async #begin(): Promise<void> {
    const { name, command, args, env, cwd, logFile, port } = this.of;
    // Else that one's answers would be taken for this one's.
    if (!(await isFree(port))) throw new Error(`${name} cannot listen on 127.0.0.1:${port}: another process does. End that one, or take another data folder.`);
    const log = await open(logFile, 'a');
    try {
      // A group of its own: Ctrl-C in the terminal reaches who started the server, and that one ends it.
      this.#child = spawnBound(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', log.fd, log.fd] });
    } finally {
      await log.close();
    }
    // Not even begun: the promise says why.
    if (this.#child.pid === undefined) await this.#child.end;
    try {
      await this.untilReady();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  #runs(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #failure(what: string): Promise<Error> {
    const lines = (await readFile(this.logFile, 'utf8')).trimEnd().split('\n').slice(-logLinesShown);
    return new Error([`${this.name} ${what}. The end of ${this.logFile}:`, ...lines.map((line) => `  | ${line}`)].join('\n'));
  }
}
