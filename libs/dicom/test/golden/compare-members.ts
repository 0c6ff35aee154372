import { createHash } from 'node:crypto';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Member = { vr: string; Value?: Json[]; InlineBinary?: string; BulkDataURI?: string };
export type Members = Record<string, Member>;
type GoldenElement = { vr: string; Value?: Json[]; length?: number; sha256?: string };
/** One data set of tools/fixtures/golden_json.py. */
export type GoldenMembers = { [key: string]: GoldenElement };

/** The little-endian bytes of a member that is inline or referenced; `path` is `ggggeeee/item/ggggeeee`, items from 1. */
export type BytesOf = (path: string, member: Member) => Buffer;

/** What differs between full JSON metadata and the golden one, a line each. */
export function compareMembers(ours: Members, golden: GoldenMembers, bytesOf: BytesOf): string[] {
  const differences: string[] = [];

  const compareDataSet = (prefix: string, mine: Members, theirs: GoldenMembers): void => {
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const path = prefix + key;
      const member = mine[key];
      const other = theirs[key];
      if (member === undefined || other === undefined) differences.push(`${path}: ${member === undefined ? `missing, ${JSON.stringify(other).slice(0, 100)}` : `unexpected ${JSON.stringify(member).slice(0, 100)}`}`);
      else compareElement(path, member, other);
    }
  };

  const compareElement = (path: string, mine: Member, other: GoldenElement): void => {
    if (mine.vr !== other.vr) {
      differences.push(`${path}: VR ${mine.vr} for ${other.vr}`);
    } else if (other.sha256 !== undefined) {
      const value = bytesOf(path, mine);
      const sha256 = createHash('sha256').update(value).digest('hex');
      if (value.length !== other.length || sha256 !== other.sha256) differences.push(`${path}: ${value.length} bytes ${sha256.slice(0, 8)} for ${other.length} bytes ${other.sha256.slice(0, 8)}`);
    } else if (mine.vr === 'SQ') {
      const items = (mine.Value ?? []) as Members[];
      const theirs = (other.Value ?? []) as GoldenMembers[];
      if (items.length !== theirs.length) differences.push(`${path}: ${items.length} items for ${theirs.length}`);
      items.forEach((item, index) => compareDataSet(`${path}/${index + 1}/`, item, theirs[index] ?? {}));
    } else if (mine.BulkDataURI !== undefined) {
      bytesOf(path, mine);
    } else if (!sameValues(mine.Value, other.Value)) {
      differences.push(`${path}: ${mine.vr} ${JSON.stringify(mine.Value)?.slice(0, 200)} for ${JSON.stringify(other.Value)?.slice(0, 200)}`);
    }
  };

  compareDataSet('', ours, golden);
  return differences;
}

/** A number string of the golden may be a number or, where a double cannot hold it, a string here. */
function sameValues(ours: Json[] | undefined, theirs: Json[] | undefined): boolean {
  if (ours === undefined || theirs === undefined) return ours === theirs;
  return ours.length === theirs.length && ours.every((value, index) => sameValue(value, theirs[index] ?? null));
}

function sameValue(ours: Json, theirs: Json): boolean {
  if (theirs !== null && typeof theirs === 'object' && 'number' in theirs) {
    const shown = theirs.number as string;
    return typeof ours === 'number' ? ours === Number(shown) : ours === shown && String(Number(shown)) !== shown;
  }
  // Null padding stays in our JSON; pydicom drops it.
  return JSON.stringify(ours)?.replace(/(\\u0000)+"/g, '"') === JSON.stringify(theirs);
}
