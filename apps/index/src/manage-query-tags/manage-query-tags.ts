import { keywordOfTag, parseAttributeId } from '@isocenter/dicom';
import { BadRequest, Conflict, NotFound, ServiceUnavailable } from '@isocenter/http';
import { METADATA_STORE, REBUILD, searchableAttribute, type MetadataStore, type OperationRow, type PartitionRow, type QueryTagRow, type TagErrorRow, type Write } from '@isocenter/metadata-store';
import { newOperation } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { nextNumbers } from '../query-tags/tag-set.js';
import type { DeleteTagRequest } from '../reindex/delete-tag.js';
import type { ReindexRequest } from '../reindex/reindex-tags.js';
import { RunOperations } from '../reindex/run-operations.js';
import { tagKey } from '../search/pick-members.js';
import { parseQueryTags, type NewTag } from './parse-query-tags.js';

const MOST_TAGS = 128;

export interface TagWithErrors {
  readonly tag: QueryTagRow;
  readonly errors: number;
}

/** Extended query tags as clients see them. */
@Injectable()
export class ManageQueryTags {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, private readonly operations: RunOperations) {}

  /** All or none of them; resolves with the id of the operation that takes the values of what is stored already. */
  async add(body: unknown, createdBy: string): Promise<string> {
    const asked = parseQueryTags(body);
    const rebuild = (await this.store.readCursor(REBUILD))?.detail;
    if (rebuild === 'lost' || rebuild === 'replaying') throw new ServiceUnavailable('The index is to be rebuilt, and its extended query tags are not there yet. Repeat the request later.', 30);
    for (;;) {
      const there = await this.store.listQueryTags();
      requireNew(asked, there);
      const { last, write } = await nextNumbers(this.store, asked.length);
      const operation = newOperation({ type: 'reindex', request: { tags: asked.map((_, at) => last + 1 + at) } satisfies ReindexRequest, resources: asked.map(({ path }) => `extendedquerytags/${path}`), createdBy });
      const rows = asked.map((tag, at) => rowOf(tag, last + 1 + at, operation));
      // One that is being deleted makes place; what was kept for it goes by its key.
      const { committed } = await this.store.commit({ writes: [write, ...rows.map((row): Write => ({ op: 'put', table: 'queryTags', row })), { op: 'insert', table: 'operations', row: operation }] });
      if (!committed) continue;
      this.operations.wake();
      return operation.id;
    }
  }

  async list(offset: number, limit: number): Promise<TagWithErrors[]> {
    const tags = (await this.store.listQueryTags()).slice(offset, offset + limit);
    return tags.length === 0 ? [] : this.withErrors(tags);
  }

  async get(id: string): Promise<TagWithErrors> {
    const [shown] = await this.withErrors([await this.find(id)]);
    return shown!;
  }

  /** The tag is looked for before the body is looked at. */
  async setQueryStatus(id: string, readBody: () => unknown): Promise<TagWithErrors> {
    const { path, key } = await this.find(id);
    const queryStatus = parseQueryStatus(readBody());
    await this.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path }, expect: { key }, set: { queryStatus } }] });
    return this.get(path);
  }

  /** From now on nobody can search by it; what was kept for it goes soon. */
  async remove(id: string, deletedBy: string): Promise<void> {
    for (;;) {
      const { path, key, status } = await this.find(id);
      if (status === 'deleting') return;
      const { write } = await nextNumbers(this.store, 1);
      const operation = newOperation({ type: 'delete-query-tag', request: { path, key } satisfies DeleteTagRequest, resources: [`extendedquerytags/${path}`], createdBy: deletedBy });
      const { committed } = await this.store.commit({ writes: [
        write, { op: 'update', table: 'queryTags', key: { path }, expect: { key, status }, set: { status: 'deleting', operation: operation.id } }, { op: 'insert', table: 'operations', row: operation },
      ] });
      if (!committed) continue;
      this.operations.wake();
      return;
    }
  }

  async listErrors(id: string, offset: number, limit: number): Promise<{ rows: TagErrorRow[]; partitions: ReadonlyMap<number, PartitionRow> }> {
    const { key } = await this.find(id);
    const [rows, partitions] = await Promise.all([this.store.listTagErrors(key, offset, limit), this.store.listPartitions(0)]);
    return { rows, partitions: new Map(partitions.map((row) => [row.key, row])) };
  }

  private async withErrors(tags: readonly QueryTagRow[]): Promise<TagWithErrors[]> {
    const counts = await this.store.countTagErrors();
    return tags.map((tag) => ({ tag, errors: counts.get(tag.key) ?? 0 }));
  }

  private async find(id: string): Promise<QueryTagRow> {
    const tag = parseAttributeId(id);
    if (tag === undefined) throw new BadRequest(`The path '${id.slice(0, 80)}' names no attribute; allowed are DICOM keywords and tags of eight hexadecimal digits.`);
    const found = (await this.store.listQueryTags()).find(({ path }) => path === tagKey(tag));
    if (!found) throw new NotFound(`There is no extended query tag '${tagKey(tag)}'.`);
    return found;
  }
}

function requireNew(asked: readonly NewTag[], there: readonly QueryTagRow[]): void {
  const left = there.filter(({ status }) => status !== 'deleting');
  for (const { path } of asked) {
    const tag = Number.parseInt(path, 16);
    if (searchableAttribute(tag)?.azure) throw new Conflict(`The attribute '${keywordOfTag(tag)}' can be searched without an extended query tag.`);
    if (left.some((other) => other.path === path)) throw new Conflict(`There is an extended query tag '${path}' already.`);
  }
  if (left.length + asked.length > MOST_TAGS) throw new BadRequest(`There are ${left.length} extended query tags, and ${asked.length} more would pass the ${MOST_TAGS} that are allowed; delete some first.`);
}

function rowOf(tag: NewTag, key: number, { id, createdBy, createdAt }: OperationRow): QueryTagRow {
  return { ...tag, key, status: 'adding', queryStatus: 'enabled', operation: id, createdBy, createdAt };
}

function parseQueryStatus(body: unknown): QueryTagRow['queryStatus'] {
  const entries = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const value: unknown = entries.find(([name]) => name.toLowerCase() === 'querystatus')?.[1];
  const status = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (entries.length !== 1 || (status !== 'enabled' && status !== 'disabled')) throw new BadRequest('The body is to be {"queryStatus": "Enabled"} or {"queryStatus": "Disabled"}.');
  return status;
}
