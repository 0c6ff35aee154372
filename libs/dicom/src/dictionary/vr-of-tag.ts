import { vrCode } from '../element-table.js';
import { KEYWORDS, REPEATING, SIGNED_OR_UNSIGNED, TAGS, VRS } from './dictionary.generated.js';

const UN = vrCode('UN');
const UL = vrCode('UL');
const LO = vrCode('LO');

const vrByTag = new Map<number, number>();
const indexByTag = new Map<number, number>();
TAGS.forEach((tag, index) => {
  vrByTag.set(tag, vrCode(VRS.slice(3 * index, 3 * index + 2)));
  indexByTag.set(tag, index);
});
const signedOrUnsigned = new Set(SIGNED_OR_UNSIGNED);

let keywords: readonly string[] | undefined;
let tagByKeyword: Map<string, number> | undefined;

/**
 * The VR that the dictionary gives a tag, as a code of element-table.ts; 'UN' where it knows none. Where PS3.6 leaves a
 * choice: OW for 'OB or OW' (PS3.5 A.1), US for 'US or SS' (see `isSignedOrUnsigned`).
 */
export function vrOfTag(tag: number): number {
  const vr = vrByTag.get(tag);
  if (vr !== undefined) return vr;
  const element = tag & 0xffff;
  if (element === 0) return UL; // group length, PS3.5 §7.2
  if ((tag & 0x10000) !== 0) return element >= 0x10 && element <= 0xff ? LO : UN; // private creator, PS3.5 §7.8.1
  const repeating = repeatingElement(tag);
  return repeating === undefined ? UN : vrCode(repeating[2]);
}

/** Whether the VR of this element is US or SS as Pixel Representation (0028,0103) says. */
export function isSignedOrUnsigned(tag: number): boolean {
  return signedOrUnsigned.has(tag);
}

/** '' where the dictionary knows none. */
export function keywordOfTag(tag: number): string {
  const index = indexByTag.get(tag);
  if (index === undefined) return repeatingElement(tag)?.[3] ?? '';
  keywords ??= KEYWORDS.split(' ');
  const keyword = keywords[index] ?? '-';
  return keyword === '-' ? '' : keyword;
}

/** In any letter case; of a repeating group its first element (OverlayRows = 6000,0010). */
export function tagOfKeyword(keyword: string): number | undefined {
  tagByKeyword ??= keywordIndex();
  return tagByKeyword.get(keyword.toLowerCase());
}

/** `{attributeID}` of PS3.18 §8.3.4.1 without a path: eight hex digits or a keyword, in any letter case. */
export function parseAttributeId(text: string): number | undefined {
  if (/^[0-9a-f]{8}$/i.test(text)) return Number.parseInt(text, 16);
  return tagOfKeyword(text);
}

function repeatingElement(tag: number): (typeof REPEATING)[number] | undefined {
  if ((tag & 0x10000) !== 0) return undefined; // odd groups are private
  return REPEATING.find(([mask, value]) => ((tag & mask) >>> 0) === value);
}

function keywordIndex(): Map<string, number> {
  const index = new Map<string, number>();
  keywords ??= KEYWORDS.split(' ');
  for (const [, value, , keyword] of REPEATING) index.set(keyword.toLowerCase(), value);
  keywords.forEach((keyword, at) => {
    const tag = TAGS[at];
    if (keyword !== '' && keyword !== '-' && tag !== undefined) index.set(keyword.toLowerCase(), tag);
  });
  return index;
}
