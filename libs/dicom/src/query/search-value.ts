import { vrCode } from '../element-table.js';
import { type QueryLevel, type Searchable } from './level-attributes.js';
import { dateNumber, foldName, foldString, nameWords, stringNumber, timeNumber, withoutPadding } from './normalize.js';

const DA = vrCode('DA');
const DS = vrCode('DS');
const IS = vrCode('IS');
const PN = vrCode('PN');
const TM = vrCode('TM');
const UI = vrCode('UI');

/** A searchable attribute of an instance in its normal form. */
export interface SearchValue {
  readonly level: QueryLevel;
  readonly tag: number;
  readonly searchable: Searchable;
  /** Folded text; dates, times and numbers as numbers. */
  readonly value: string | number;
  /** Of a person name: its words, folded. */
  readonly words?: readonly string[];
}

/** The normal form of the first value of a text; undefined where it is empty or not what its VR says. */
export function searchValue(level: QueryLevel, tag: number, searchable: Searchable, vr: number, text: string): SearchValue | undefined {
  const value = normalValue(vr, text);
  if (value === undefined || value === '') return undefined;
  return vr === PN ? { level, tag, searchable, value, words: nameWords(text) } : { level, tag, searchable, value };
}

function normalValue(vr: number, text: string): string | number | undefined {
  switch (vr) {
    case PN: return foldName(text);
    case DA: return dateNumber(text);
    case TM: return timeNumber(text);
    case IS:
    case DS: return stringNumber(text);
    case UI: return withoutPadding(text);
    default: return foldString(text);
  }
}
