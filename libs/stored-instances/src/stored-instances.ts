import { NotFound, requirePartition, requireUids, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type InstanceRow, type InstanceScope, type InstanceSummary, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, ObjectNotFoundError, type LentChunks, type ObjectRange, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable } from '@nestjs/common';
import { originalOf } from './request-original.js';

/** The UIDs of a resource's path. */
export interface ResourcePath {
  readonly study: string;
  readonly series?: string;
  readonly sop?: string;
}

export interface OpenedInstance {
  readonly row: InstanceRow;
  /** To be run through, or ended with `return`. */
  readonly chunks: LentChunks | AsyncGenerator<Buffer, undefined, void>;
  /** Undefined where only the end tells. */
  readonly length: number | undefined;
}

/** What a resource holds. */
export interface FoundInstances {
  readonly summary: InstanceSummary;
  /** In order of store; read as they are asked for. */
  readonly rows: AsyncIterable<InstanceRow>;
}

/** Rows read at a time while a study or series streams. */
const PAGE = 256;

/** The instances below a resource, and their objects. */
@Injectable()
export class StoredInstances {
  constructor(
    @Inject(METADATA_STORE) readonly store: MetadataStore,
    @Inject(OBJECT_STORE) readonly objects: ObjectStore,
  ) {}

  /** Throws BadRequest for a UID or partition that cannot be. */
  async scopeOf(context: RequestContext, { study, series, sop }: ResourcePath): Promise<InstanceScope> {
    requireUids({ study, series, instance: sop });
    return { partition: await requirePartition(this.store, context), study, series, sop };
  }

  async requireSummary(scope: InstanceScope): Promise<InstanceSummary> {
    const summary = await this.store.summarizeInstances(scope);
    if (!summary) throw notFound(scope);
    return summary;
  }

  /** Of a single instance its row says all. */
  async requireInstances(scope: InstanceScope): Promise<FoundInstances> {
    if (scope.sop === undefined) return { summary: await this.requireSummary(scope), rows: this.all(scope) };
    const row = await this.requireInstance(scope);
    return { summary: { count: 1, newestVersion: row.version, transferSyntaxes: [row.transferSyntax] }, rows: only(row) };
  }

  async requireInstance(scope: InstanceScope): Promise<InstanceRow> {
    const row = await this.store.findInstance(scope.partition, scope.study, scope.series!, scope.sop!);
    if (!row) throw notFound(scope);
    return row;
  }

  /** The row to go on with when what was read beside a row is not of its version: it was replaced meanwhile. Throws NotFound when it was deleted. */
  async requireLater(row: InstanceRow): Promise<InstanceRow> {
    const current = await this.requireInstance(row);
    if (current.version === row.version) throw new Error(`The metadata of version ${row.version} are missing; check the archive.`);
    return current;
  }

  /** In order of store; `after` exclusive. */
  async *all(scope: InstanceScope, after = -1): AsyncGenerator<InstanceRow> {
    for (let afterOrdinal = after; ;) {
      const page = await this.store.listInstances(scope, { afterOrdinal, limit: PAGE });
      yield* page;
      if (page.length < PAGE) return;
      afterOrdinal = page.at(-1)!.ordinal;
    }
  }

  /**
   * The object of an instance, of its latest version or of the original. When it is gone the instance is looked up once more: it may have been replaced. Throws
   * NotFound when it was deleted meanwhile.
   */
  async open(row: InstanceRow, original: boolean): Promise<OpenedInstance> {
    return this.resolving(row, async (current) => {
      const shown = original ? originalOf(current) : current;
      return { row: shown, chunks: await this.objects.lend(shown.objectKey, { offset: 0, length: shown.size }), length: shown.size };
    });
  }

  openRange(row: InstanceRow, range: ObjectRange): Promise<LentChunks> {
    return this.objects.lend(row.objectKey, range);
  }

  /** Reads with a row, and once more with the row of now when its object is gone. */
  async resolving<T>(row: InstanceRow, read: (row: InstanceRow) => Promise<T>): Promise<T> {
    try {
      return await read(row);
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      const current = await this.requireInstance(row);
      // The same version without its object: that is no deletion, it is a loss, and must be heard of.
      if (current.version === row.version) throw error;
      return read(current);
    }
  }
}

function only(row: InstanceRow): AsyncIterable<InstanceRow> {
  return { [Symbol.asyncIterator]: async function* () { yield row; } };
}

function notFound({ sop, series }: InstanceScope): NotFound {
  const what = sop !== undefined ? 'instance' : series !== undefined ? 'series' : 'study';
  return new NotFound(`The specified ${what} was not found.`);
}
