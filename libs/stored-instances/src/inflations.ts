import { type ObjectStore } from '@isocenter/object-store';
import { type Readable } from 'node:stream';

/** A deflated data set that is inflated as it is read. */
export interface Inflation {
  readonly stream: Readable;
  readonly chunks: AsyncIterator<Buffer, undefined, void>;
  /** What was inflated last, and its offset. */
  chunk: Buffer;
  offset: number;
}

/** Each has up to 2 MiB of the object read ahead. */
const KEPT = 8;
const KEPT_MS = 10_000;

interface Kept {
  readonly key: string;
  readonly inflation: Inflation;
  readonly timer: NodeJS.Timeout;
}

const byStore = new WeakMap<ObjectStore, Inflations>();

/**
 * Inflations that stand where the last range ended, for a moment: who reads frame after frame, in one answer or in several, has the data set
 * inflated once and not from its beginning for each.
 */
export class Inflations {
  private kept: readonly Kept[] = [];

  static of(objects: ObjectStore): Inflations {
    let found = byStore.get(objects);
    if (found === undefined) byStore.set(objects, (found = new Inflations()));
    return found;
  }

  /** The one that stands nearest before an offset; it is the caller's. */
  take(key: string, offset: number): Inflation | undefined {
    const fit = this.kept.filter((one) => one.key === key && one.inflation.offset <= offset && !one.inflation.stream.destroyed);
    const nearest = fit.reduce<Kept | undefined>((best, one) => (best === undefined || one.inflation.offset > best.inflation.offset ? one : best), undefined);
    if (nearest === undefined) return undefined;
    this.forget(nearest);
    return nearest.inflation;
  }

  give(key: string, inflation: Inflation): void {
    const timer = setTimeout(() => this.end(one), KEPT_MS);
    timer.unref();
    const one: Kept = { key, inflation, timer };
    this.kept = [...this.kept, one];
    if (this.kept.length > KEPT) this.end(this.kept[0]!);
  }

  private end(one: Kept): void {
    this.forget(one);
    one.inflation.stream.destroy();
  }

  private forget(one: Kept): void {
    clearTimeout(one.timer);
    this.kept = this.kept.filter((other) => other !== one);
  }
}
