import { keywordOfTag, parseAttributeId } from '@isocenter/dicom';
import { BadRequest, MAX_NUMBER, type DialectPolicy } from '@isocenter/http';
import { searchableAttribute, type Level, type Predicate, type QueryTagRow, type SearchableAttribute, type SearchPlan } from '@isocenter/metadata-store';
import { parseTagPredicate } from './parse-tag-predicate.js';
import { parsePredicate } from './parse-predicate.js';
import { tagKey } from './pick-members.js';

export interface SearchRequest {
  readonly level: Level;
  readonly partition: number;
  readonly study?: string;
  readonly series?: string;
  /** Query string without `?`, as the client sent it. */
  readonly query: string;
  /** Extended query tags; none where the query names no attribute but the standard ones. */
  readonly tags?: readonly QueryTagRow[];
}

export interface ParsedSearch {
  readonly plan: SearchPlan;
  /** DICOM JSON keys that the answer holds beside the default ones. */
  readonly included: ReadonlySet<string>;
  readonly includeAll: boolean;
  /** Keys that were passed over. */
  readonly ignored: readonly string[];
  /** Extended query tags that were matched or asked for, of the levels that the answer has. */
  readonly tags: readonly QueryTagRow[];
  /** Keys as typed of the tags that were matched. */
  readonly matchedTags: ReadonlyMap<string, QueryTagRow>;
}

interface Options {
  limit?: number;
  offset?: number;
  fuzzy?: boolean;
}

/** Parses a query string (PS3.18 §8.3.4, §10.6.1.2) once into a plan. Throws BadRequest that names the parameter, its value and what is allowed. */
export function parseSearch(request: SearchRequest, policy: DialectPolicy['search']): ParsedSearch {
  const options: Options = {};
  const matches: { attribute: SearchableAttribute | QueryTagRow; value: string; typed: string }[] = [];
  const included = new Set<string>();
  const ignored: string[] = [];
  let includeAll = false;
  for (const [typed, value] of new URLSearchParams(request.query)) {
    switch (typed.toLowerCase()) {
      case 'limit': options.limit = parseLimit(value, policy, options.limit); break;
      case 'offset': options.offset = parseOffset(value, options.offset); break;
      case 'fuzzymatching': options.fuzzy = parseFuzzy(value, options.fuzzy); break;
      case 'includefield': includeAll = addIncluded(value, included) || includeAll; break;
      case 'accept': break;
      default: {
        const attribute = searchable(typed, request, policy);
        if (!attribute) {
          ignored.push(typed);
          break;
        }
        if (matches.some((match) => match.attribute === attribute)) throw new BadRequest(`Query parameter '${typed}' is given twice; give each attribute once.`);
        matches.push({ attribute, value, typed });
        included.add('key' in attribute ? attribute.path : tagKey(attribute.tag));
      }
    }
  }
  const predicates = matches.flatMap(({ attribute, value, typed }): Predicate[] => {
    const fuzzy = options.fuzzy ?? false;
    return 'key' in attribute ? parseTagPredicate(attribute, value, typed, fuzzy, policy) : parsePredicate(attribute, value, typed, fuzzy, policy);
  });
  const { level, partition, study, series } = request;
  return {
    plan: {
      level, partition, study, series, predicates,
      withStudy: level !== 'study' && study === undefined,
      withSeries: level === 'instance' && series === undefined,
      offset: options.offset ?? 0,
      limit: options.limit ?? policy.limit.standard,
    },
    included, includeAll, ignored,
    tags: (request.tags ?? []).filter((tag) => tag.status === 'ready' && included.has(tag.path) && RANK[tag.level] <= RANK[level]),
    matchedTags: new Map(matches.flatMap(({ attribute, typed }) => ('key' in attribute ? [[typed, attribute] as const] : []))),
  };
}

function parseLimit(value: string, policy: DialectPolicy['search'], before: number | undefined): number {
  const limit = wholeNumber(value);
  if (before !== undefined) throw new BadRequest("Query parameter 'limit' is given twice; give it once.");
  if (limit !== undefined && limit > policy.limit.max && policy.limit.above === 'cap') return policy.limit.max;
  if (limit === undefined || limit < 1 || limit > policy.limit.max) throw new BadRequest(`Query parameter 'limit' has the value '${value}'; allowed is a whole number from 1 to ${policy.limit.max}.`);
  return limit;
}

function parseOffset(value: string, before: number | undefined): number {
  const offset = wholeNumber(value);
  if (before !== undefined) throw new BadRequest("Query parameter 'offset' is given twice; give it once.");
  if (offset === undefined) throw new BadRequest(`Query parameter 'offset' has the value '${value}'; allowed is a whole number from 0 to ${MAX_NUMBER}.`);
  return offset;
}

function wholeNumber(value: string): number | undefined {
  return /^\d+$/.test(value) && Number(value) <= MAX_NUMBER ? Number(value) : undefined;
}

function parseFuzzy(value: string, before: boolean | undefined): boolean {
  if (before !== undefined) throw new BadRequest("Query parameter 'fuzzymatching' is given twice; give it once.");
  const folded = value.toLowerCase();
  if (folded !== 'true' && folded !== 'false') throw new BadRequest(`Query parameter 'fuzzymatching' has the value '${value}'; allowed are true and false.`);
  return folded === 'true';
}

/** `includefield` may repeat or hold a comma list; an unknown field is no error. True when it holds `all`. */
function addIncluded(value: string, included: Set<string>): boolean {
  let all = false;
  for (const field of value.split(',').map((text) => text.trim())) {
    if (field.toLowerCase() === 'all') all = true;
    const tag = parseAttributeId(field);
    if (tag !== undefined) included.add(tagKey(tag));
  }
  return all;
}

/** The attribute that a key names when this path can be searched by it; undefined: pass over. */
function searchable(typed: string, request: SearchRequest, policy: DialectPolicy['search']): SearchableAttribute | QueryTagRow | undefined {
  const tag = parseAttributeId(typed);
  const attribute = tag === undefined ? undefined : searchableAttribute(tag);
  if (attribute && isSearchableHere(attribute, request, policy)) return attribute;
  const extended = tag === undefined ? undefined : request.tags?.find(({ path }) => path === tagKey(tag));
  if (extended && extended.status !== 'deleting' && RANK[extended.level] <= RANK[request.level]) return requireUsable(extended, typed);
  if (policy.unknownAttribute === 'ignore') return undefined;
  if (tag === undefined) throw new BadRequest(`Query parameter '${typed}' is not known; allowed are DICOM keywords, tags of eight hexadecimal digits, limit, offset, fuzzymatching and includefield.`);
  throw new BadRequest(`Attribute '${keywordOfTag(tag) ?? typed}' cannot be searched on this resource. Add an extended query tag for it, or search by one of the attributes of the conformance statement.`);
}

/** A tag whose values are not complete is not searched by. */
function requireUsable(tag: QueryTagRow, typed: string): QueryTagRow {
  if (tag.status !== 'ready') throw new BadRequest(`Query parameter '${typed}' names an extended query tag that is being added; it can be searched by when its status is Ready.`);
  if (tag.queryStatus !== 'enabled') throw new BadRequest(`Query parameter '${typed}' names an extended query tag that is disabled, as not all instances could be indexed for it or somebody disabled it; set its queryStatus to Enabled to search by it all the same.`);
  return tag;
}

const RANK = { study: 0, series: 1, instance: 2 } as const;

function isSearchableHere({ level, azure }: SearchableAttribute, request: SearchRequest, policy: DialectPolicy['search']): boolean {
  if (RANK[level] > RANK[request.level]) return false;
  if (policy.standardMatching) return true;
  if (!azure) return false;
  // An attribute of the study (series) that the path names is not searched by.
  return level === 'study' ? request.study === undefined : level === 'series' ? request.series === undefined : true;
}
