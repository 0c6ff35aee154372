import type { Setting } from '@isocenter/config';

/** A setting in words and, for the chart, as JSON schema. */
export interface SettingDescription {
  readonly name: string;
  readonly text: string;
  /** What it may be, in the words of the error that refuses the rest. */
  readonly allowed: string;
  /** Its standard value as it would be written; '' for none. */
  readonly standard: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** No setting but free text may be this. */
const NOT_ALLOWED = '\0';

export function describeSetting(row: Setting<unknown>): SettingDescription {
  const { name, text } = row;
  const allowed = allowedOf(row);
  // Of a secret each process makes one up; it is no standard.
  const value = row.secret ? undefined : row.standard();
  return { name, text, allowed, standard: value === undefined ? '' : String(value), schema: { ...schemaOf(allowed), description: text } };
}

function allowedOf({ parse }: Setting<unknown>): string {
  try {
    parse(NOT_ALLOWED);
    return 'text';
  } catch (error) {
    return (error as Error).message;
  }
}

/** A number in the chart is a number, a switch a switch; the rest is text, lists with commas too. */
function schemaOf(allowed: string): Record<string, unknown> {
  const number = /^a whole number from (\d+)(?: to (\d+))?$/.exec(allowed);
  if (number) return { type: 'integer', minimum: Number(number[1]), ...(number[2] !== undefined && { maximum: Number(number[2]) }) };
  if (allowed === 'true or false') return { type: 'boolean' };
  const oneOf = /^one of (.*)$/.exec(allowed);
  if (oneOf) return { enum: oneOf[1]!.split(', ') };
  return { type: 'string' };
}
