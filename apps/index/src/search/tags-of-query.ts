import { levelAttributesOf, parseAttributeId } from '@isocenter/dicom';
import { searchableAttribute } from '@isocenter/metadata-store';

const OPTIONS = new Set(['limit', 'offset', 'fuzzymatching', 'accept']);

/** Whether a query string names an attribute that only an extended query tag makes searchable or answerable: for others the tags need not be read. */
export function mayNameTags(query: string): boolean {
  for (const [typed, value] of new URLSearchParams(query)) {
    const name = typed.toLowerCase();
    if (OPTIONS.has(name)) continue;
    if (name === 'includefield' ? value.split(',').some((field) => isOther(field.trim(), (tag) => levelAttributesOf(tag).length > 0)) : isOther(typed, (tag) => searchableAttribute(tag)?.azure === true)) return true;
  }
  return false;
}

function isOther(id: string, isKnown: (tag: number) => boolean): boolean {
  const tag = parseAttributeId(id);
  return tag !== undefined && !isKnown(tag);
}
