/** A media type with its parameters as a client wrote it, in lower case where case has no meaning. */
export interface MediaType {
  /** `type/subtype`, lower case. */
  readonly type: string;
  /** By lower-case name. A parameter may be repeated (`transfer-syntax=a; transfer-syntax=b`). */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

/*
 * The grammar is RFC 9110 section 5.6.6 and 8.3.1, read as clients write it: values quoted or not, spaces around
 * `;` and `=`, characters in unquoted values that are no token characters (`type=application/dicom`, `type=*`),
 * empty list members, a quote that is never closed.
 */

/** Splits at a separator that stands outside of quoted strings. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator);
  const pieces: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\' && quoted) index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      pieces.push(text.slice(begin, index));
      begin = index + 1;
    }
  }
  pieces.push(text.slice(begin));
  return pieces;
}

/** Reads one media type; undefined when the text has no `type/subtype` at its start. */
export function parseMediaType(text: string): MediaType | undefined {
  const [head = '', ...rest] = splitOutsideQuotes(text, ';');
  const type = head.trim().toLowerCase();
  if (!/^[^\s/"=]+\/[^\s/"=]+$/.test(type)) return undefined;
  const parameters = new Map<string, string[]>();
  for (const piece of rest) {
    const equals = piece.indexOf('=');
    if (equals < 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    const values = parameters.get(name);
    const value = unquote(piece.slice(equals + 1).trim());
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return { type, parameters };
}

/** The first value of a parameter. */
export function parameterOf(mediaType: MediaType, name: string): string | undefined {
  return mediaType.parameters.get(name)?.[0];
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  const end = value.length > 1 && value.endsWith('"') ? -1 : undefined;
  return value.slice(1, end).replace(/\\(.)/g, '$1').trim();
}
