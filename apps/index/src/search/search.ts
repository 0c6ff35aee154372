import { dialectPolicies, requirePartition, requireUids, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type Level, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import { parseSearch } from './parse-search.js';
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
}

/** QIDO-RS: parse into a plan, search, join what is stored. */
@Injectable()
export class Search {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore) {}

  async run(context: RequestContext, { level, study, series }: SearchScope, query: string): Promise<SearchAnswer> {
    const policy = dialectPolicies[context.dialect].search;
    requireUids({ study, series });
    const partition = await requirePartition(this.store, context);
    const parsed = parseSearch({ level, partition, study, series, query }, policy);
    const hits = await this.store.search(parsed.plan);
    const warning = parsed.ignored.length > 0 ? `299 isocenter "These keys cannot be searched and were passed over: ${parsed.ignored.join(', ').replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"` : undefined;
    if (hits.length === 0 && policy.emptyAnswer === 204) return { status: 204, body: undefined, warning };
    return { status: 200, body: `[${hits.map(hitWriter(parsed, policy, context.baseUrl)).join(',')}]`, warning };
  }
}
