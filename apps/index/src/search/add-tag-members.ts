import type { MetadataStore, QueryTagRow, SearchHit, TagValueKey } from '@isocenter/metadata-store';

/** Rows of one read. */
const AT_ONCE = 1_000;

/** DICOM JSON objects of hits, with the members of extended query tags that were asked for or matched. */
export async function addTagMembers(store: MetadataStore, partition: number, hits: readonly SearchHit[], tags: readonly QueryTagRow[], written: readonly string[]): Promise<readonly string[]> {
  if (tags.length === 0 || hits.length === 0) return written;
  const keys = new Map(hits.flatMap((hit) => tags.map((tag) => [nameOf(keyOf(hit, tag)), keyOf(hit, tag)] as const)));
  const members = new Map<string, string>();
  const all = [...keys.values()];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    for (const row of await store.findTagValues(partition, all.slice(at, at + AT_ONCE))) if (row.member !== null) members.set(nameOf(row), row.member);
  }
  return written.map((object, at) => tags.reduce((json, tag) => withMember(json, tag.path, members.get(nameOf(keyOf(hits[at]!, tag)))), object));
}

/** What has the value: the hit itself, or what stands above it. */
function keyOf({ study, series = '', sop = '' }: SearchHit, { key, level }: QueryTagRow): TagValueKey {
  return { study, series: level === 'study' ? '' : series, sop: level === 'instance' ? sop : '', tag: key };
}

function nameOf({ study, series, sop, tag }: TagValueKey): string {
  return `${study}/${series}/${sop}/${tag}`;
}

function withMember(json: string, path: string, member: string | undefined): string {
  return member === undefined || json.includes(`"${path}":`) ? json : `${json.slice(0, -1)},"${path}":${member}}`;
}
