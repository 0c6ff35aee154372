import { types } from 'node:util';

import { ImagingError } from '../imaging-error.js';

/**
 * A WASM module that is thrown away after any error, since a bad frame can leave its memory in a state that spoils good ones. It
 * can do so without an error of its own: what fails in a module that was used before is tried again in a new one.
 */
export class ReloadedModule<T> {
  private readonly name: string;
  private readonly start: () => Promise<T>;
  private started: Promise<T> | undefined;
  private isFresh = true;

  constructor(name: string, start: () => Promise<T>) {
    this.name = name;
    this.start = start;
  }

  /** @throws ImagingError whatever `work` throws; `failed` when the module does not start, or when there was no memory */
  async use<R>(work: (module: T) => R): Promise<R> {
    const module = await this.ready();
    const wasFresh = this.isFresh;
    this.isFresh = false;
    try {
      return work(module);
    } catch (error) {
      this.started = undefined;
      this.isFresh = true;
      if (!wasFresh) return this.use(work);
      throw error instanceof ImagingError ? error : new ImagingError(isOutOfMemory(error) ? 'failed' : 'malformed', `The ${this.name} codec failed: ${textOf(error)}`);
    }
  }

  private async ready(): Promise<T> {
    try {
      return await (this.started ??= this.start());
    } catch (error) {
      this.started = undefined;
      throw new ImagingError('failed', `The ${this.name} codec does not start: ${textOf(error)}`);
    }
  }
}

/** Of JavaScript's memory: what a frame makes a module take of its own is bounded, and beyond it means a damaged one. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation/i.test(error.message);
}

/** WASM modules throw errors of theirs, strings, and addresses of C++ exceptions. */
function textOf(error: unknown): string {
  if (types.isNativeError(error)) return `${error.message.replace(/\.$/, '')}.`;
  return typeof error === 'string' ? `${error.replace(/\.$/, '')}.` : 'the bytes of the frame are damaged.';
}
