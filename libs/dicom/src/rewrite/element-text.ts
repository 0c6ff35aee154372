import { vrCode } from '../element-table.js';
import { hasLeadingPadding, kindOf, NAME, NUMBER_STRING, ONE_TEXT, TEXT } from '../json/value-kinds.js';
import { validateText } from '../validate/validate-text.js';
import { invalidAttribute, invalidValue, type ValidationProblem } from '../validate/validation-problem.js';

export interface ElementText {
  /** Values separated by backslashes, '' when there is none. */
  readonly text: string;
}

/**
 * A member of the DICOM JSON model (PS3.18 F.2.2) with a VR of text as it stands in a file, or what is wrong with it. Null, no
 * `Value` and an empty one are an element without a value.
 *
 * @param vr of the dictionary; the member need not repeat it
 * @param many whether PS3.6 allows more than one value
 */
export function textOfMember(tag: number, vr: string, many: boolean, member: unknown): ElementText | ValidationProblem {
  if (member === null) return { text: '' };
  if (typeof member !== 'object' || Array.isArray(member)) return invalidAttribute(tag, 'The member is no object with vr and Value, and not null.');
  // A misspelt Value would empty the attribute.
  const unknown = Object.keys(member).find((name) => name !== 'vr' && name !== 'Value');
  if (unknown !== undefined) return invalidAttribute(tag, `The member has '${unknown.slice(0, 80)}'; allowed are vr and Value, written so.`);
  const { vr: given, Value: values = [] } = member as { vr?: unknown; Value?: unknown };
  if (given !== undefined && given !== vr) return invalidAttribute(tag, `The attribute has the VR ${vr}, and not what the member says.`);
  if (!Array.isArray(values)) return invalidAttribute(tag, 'Value is no list.');
  if (values.length > 1 && !many) return invalidAttribute(tag, `The attribute has one value, and not ${values.length}.`);
  const texts: string[] = [];
  for (const value of values as unknown[]) {
    const text = textOfValue(vr, value);
    if (text === undefined) return invalidAttribute(tag, `A value is no ${vr} of the DICOM JSON model.`);
    const reason = text === '' ? '' : reasonAgainst(vr, text);
    if (reason !== '') return invalidValue(tag, vrCode(vr), text, reason);
    texts.push(text);
  }
  return { text: texts.join('\\') };
}

function textOfValue(vr: string, value: unknown): string | undefined {
  const kind = kindOf(vrCode(vr));
  if (value === null) return '';
  if (kind === NAME) return nameOf(value);
  if (kind === NUMBER_STRING && typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || (kind !== TEXT && kind !== ONE_TEXT && kind !== NUMBER_STRING)) return undefined;
  return hasLeadingPadding(vrCode(vr)) ? value.trim() : value.trimEnd();
}

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'];

/** PS3.5 §6.2.1: three groups, of which empty ones at the end are left out. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const name = value as Record<string, unknown>;
  if (Object.keys(name).some((group) => !GROUPS.includes(group))) return undefined;
  const groups = GROUPS.map((group) => name[group] ?? '');
  if (!groups.every((group) => typeof group === 'string' && !group.includes('='))) return undefined;
  return groups.join('=').replace(/=+$/, '').trimEnd();
}

function reasonAgainst(vr: string, text: string): string {
  const bytes = Buffer.from(text);
  if (!text.isWellFormed()) return 'value contains half of a surrogate pair';
  if (kindOf(vrCode(vr)) !== ONE_TEXT && text.includes('\\')) return 'value contains a backslash, which separates values';
  if (text.includes('\x1b')) return 'value contains an escape sequence; JSON is UTF-8';
  return validateText(vrCode(vr), bytes, 0, bytes.length);
}
