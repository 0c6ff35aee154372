import { dialectPolicies, requirePartition, requireUids, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type Level, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import { addTagMembers } from './add-tag-members.js';
import { parseSearch, type ParsedSearch } from './parse-search.js';
import { mayNameTags } from './tags-of-query.js';
import { hitWriter } from './write-hit.js';

export interface SearchScope {
  readonly level: Level;
  readonly study?: string;
  readonly series?: string;
}

export interface SearchAnswer {
  readonly status: 200 | 204;
  /** A JSON array; undefined when the status says all. */
  readonly body: string | undefined;
  readonly warning: string | undefined;
  /** Keys as typed, joined by commas, of extended query tags for which not all instances could be indexed. */
  readonly erroneous: string | undefined;
}

/** QIDO-RS: parse into a plan, search, join what is stored. */
@Injectable()
export class Search {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore) {}

  async run(context: RequestContext, { level, study, series }: SearchScope, query: string): Promise<SearchAnswer> {
    const policy = dialectPolicies[context.dialect].search;
    requireUids({ study, series });
    const partition = await requirePartition(this.store, context);
    const tags = mayNameTags(query) ? await this.store.listQueryTags() : [];
    const parsed = parseSearch({ level, partition, study, series, query, tags }, policy);
    const hits = await this.store.search(parsed.plan);
    const warning = parsed.ignored.length > 0 ? `299 isocenter "These keys cannot be searched and were passed over: ${parsed.ignored.join(', ').replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"` : undefined;
    const erroneous = await this.erroneousOf(parsed);
    if (hits.length === 0 && policy.emptyAnswer === 204) return { status: 204, body: undefined, warning, erroneous };
    const written = await addTagMembers(this.store, partition, hits, parsed.tags, hits.map(hitWriter(parsed, policy, context.baseUrl)));
    return { status: 200, body: `[${written.join(',')}]`, warning, erroneous };
  }

  private async erroneousOf({ matchedTags }: ParsedSearch): Promise<string | undefined> {
    if (matchedTags.size === 0) return undefined;
    const counts = await this.store.countTagErrors();
    const erroneous = [...matchedTags].filter(([, { key }]) => counts.has(key));
    return erroneous.length > 0 ? erroneous.map(([typed]) => typed).join(',') : undefined;
  }
}
