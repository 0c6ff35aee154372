import { CharacterSet } from './character-set.js';

/** A set that is reached by an escape sequence (PS3.3 tables C.12-3 and C.12-4), and how its codes are had. */
interface CodeElement {
  readonly escape: string;
  /** G0 codes are below 0x80 and take the place of ASCII until the end of the component. */
  readonly g0: boolean;
  /** WHATWG name of an encoding that holds the codes with their high bits set, alone or in pairs behind `prefix`. */
  readonly encoding: string;
  readonly width: 1 | 2;
  readonly prefix?: number;
}

const single = (encoding: string, final: string): CodeElement => ({ escape: `\x1b-${final}`, g0: false, encoding, width: 1 });

/** By the number of the registration. */
const CODE_ELEMENTS: Readonly<Record<string, CodeElement>> = {
  100: single('iso-8859-1', 'A'), 101: single('iso-8859-2', 'B'), 109: single('iso-8859-3', 'C'), 110: single('iso-8859-4', 'D'), 144: single('iso-8859-5', 'L'),
  127: single('iso-8859-6', 'G'), 126: single('iso-8859-7', 'F'), 138: single('iso-8859-8', 'H'), 148: single('iso-8859-9', 'M'), 203: single('iso-8859-15', 'b'),
  166: single('windows-874', 'T'), 13: { escape: '\x1b)I', g0: false, encoding: 'shift_jis', width: 1 },
  87: { escape: '\x1b$B', g0: true, encoding: 'euc-jp', width: 2 },
  159: { escape: '\x1b$(D', g0: true, encoding: 'euc-jp', width: 2, prefix: 0x8f },
  149: { escape: '\x1b$)C', g0: false, encoding: 'euc-kr', width: 2 },
  58: { escape: '\x1b$)A', g0: false, encoding: 'gbk', width: 2 },
};
const ASCII_IN_G0 = '\x1b(B';

/**
 * Text in a character set of PS3.3 C.12.1.1.2 as bytes, or undefined when it cannot be expressed in it. What is returned
 * reads as the same text again.
 *
 * @param specificCharacterSet value of (0008,0005), '' when there is none
 */
export function encodeText(text: string, specificCharacterSet: string, vr: string): Buffer | undefined {
  if (isAscii(text)) return Buffer.from(text, 'latin1');
  const set = CharacterSet.of(specificCharacterSet);
  if (set.isUtf8) return Buffer.from(text, 'utf8');
  const encoded = encodeIn(set.label, text, vr);
  return encoded && set.decode(encoded, vr) === text && !set.guessed ? encoded : undefined;
}

export function isAscii(text: string): boolean {
  // The escape character begins another set.
  return /^[\x00-\x1a\x1c-\x7f]*$/.test(text);
}

function encodeIn(label: string, text: string, vr: string): Buffer | undefined {
  if (label === 'GBK' || label === 'GB18030') return encodeRun(text, { escape: '', g0: false, encoding: 'gbk', width: 2 }, GBK_TRAILS);
  const terms = label.split('\\').map((term) => CODE_ELEMENTS[/^ISO(?: 2022|)[_ ]IR (\d+)$/.exec(term)?.[1] ?? '']);
  if (!label.includes('\\')) return terms[0] && encodeRun(text, terms[0]);
  const components = text.split(vr === 'PN' ? /([\\^=])/ : /([\\\r\n\f\t])/);
  const encoded = components.map((component, at) => (at % 2 === 1 ? Buffer.from(component, 'latin1') : encodeComponent(component, terms)));
  return encoded.every((bytes) => bytes !== undefined) ? Buffer.concat(encoded as Buffer[]) : undefined;
}

/** One set, without escapes. */
function encodeRun(text: string, element: CodeElement, trails?: readonly number[]): Buffer | undefined {
  const codes = codesOf(element, trails);
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = isAscii(character) ? Buffer.from(character, 'latin1') : codes.get(character);
    if (!code) return undefined;
    parts.push(code);
  }
  return Buffer.concat(parts);
}

/** Between delimiters: begins with ASCII in G0 and the first term in G1, and ends with ASCII in G0 (PS3.5 §6.1.2.5.3). */
function encodeComponent(text: string, terms: readonly (CodeElement | undefined)[]): Buffer | undefined {
  const parts: Buffer[] = [];
  let g0: CodeElement | undefined;
  let g1 = terms[0]?.g0 === false && terms[0].width === 1 ? terms[0] : undefined;
  const toAscii = (): void => {
    if (g0) parts.push(Buffer.from(ASCII_IN_G0, 'latin1'));
    g0 = undefined;
  };
  for (const character of text) {
    if (isAscii(character)) {
      toAscii();
      parts.push(Buffer.from(character, 'latin1'));
      continue;
    }
    const element = [g0, g1, ...terms].find((candidate) => candidate && codesOf(candidate).has(character));
    if (!element) return undefined;
    if (element !== g0 && element !== g1) {
      parts.push(Buffer.from(element.escape, 'latin1'));
      if (element.g0) g0 = element;
      else g1 = element;
    }
    parts.push(codesOf(element).get(character)!);
  }
  toAscii();
  return Buffer.concat(parts);
}

const known = new Map<string, ReadonlyMap<string, Buffer>>();
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const HIGH = range(0xa1, 0xfe);
const GBK_TRAILS = [...range(0x40, 0x7e), ...range(0x80, 0xfe)];

/** The characters of a set with their codes, made once: what each code reads as. */
function codesOf(element: CodeElement, trails?: readonly number[]): ReadonlyMap<string, Buffer> {
  const { encoding, prefix, g0, width } = element;
  const name = `${encoding}/${prefix}/${g0}/${trails?.length}`;
  let codes = known.get(name);
  if (!codes) {
    const pairs = trails ? range(0x81, 0xfe).flatMap((lead) => trails.map((trail) => [lead, trail])) : HIGH.flatMap((lead) => HIGH.map((trail) => [lead, trail]));
    known.set(name, (codes = decodeAll(encoding, width === 1 ? range(0xa0, 0xff).map((code) => [code]) : pairs, prefix, g0)));
  }
  return codes;
}

/** One call of the decoder for all codes, a line each. */
function decodeAll(encoding: string, codes: readonly number[][], prefix: number | undefined, g0: boolean): Map<string, Buffer> {
  const lines = Buffer.from(codes.flatMap((code) => [...(prefix === undefined ? [] : [prefix]), ...code, 0x0a]));
  const found = new Map<string, Buffer>();
  new TextDecoder(encoding).decode(lines).split('\n').forEach((character, at) => {
    const code = codes[at];
    if (code && [...character].length === 1 && character !== '\ufffd' && !isAscii(character) && !found.has(character)) found.set(character, Buffer.from(g0 ? code.map((byte) => byte & 0x7f) : code));
  });
  return found;
}
