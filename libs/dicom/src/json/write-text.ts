import { contentEnd, type TextValue, withoutSpaces } from '../charset/text-value.js';
import { vrCode } from '../element-table.js';
import { validateText } from '../validate/validate-text.js';
import { invalidValue, type ValidationProblem } from '../validate/validation-problem.js';
import { type JsonBytes } from './json-bytes.js';
import { hasLeadingPadding, NUMBER_STRING, ONE_TEXT } from './value-kinds.js';
import { writeNumberString } from './write-number-string.js';

const PN = vrCode('PN');
const GROUPS = ['"Alphabetic":', '"Ideographic":', '"Phonetic":'];

/** The values of a text that is not empty; an empty one among them is null (PS3.18 F.2.5). Returns the first problem. */
export function writeTexts(out: JsonBytes, text: TextValue, tag: number, vr: number, kind: number, isCharacterSet: boolean): ValidationProblem | undefined {
  const { bytes, end } = text;
  const trimmed = hasLeadingPadding(vr);
  const mark = out.at;
  let problem: ValidationProblem | undefined;
  let start = text.start;
  out.ascii(',"Value":[');
  for (;;) {
    const stop = kind === ONE_TEXT ? end : valueEnd(bytes, start, end);
    if (trimmed) while (start < stop && bytes[start] === 0x20) start++;
    const content = contentEnd(bytes, start, stop);
    if (content === start) out.ascii('null');
    else if (kind === NUMBER_STRING) writeNumberString(out, bytes, start, content);
    else out.string(bytes, start, withoutSpaces(bytes, start, stop));
    if (problem === undefined) {
      const reason = validateText(vr, bytes, start, content);
      if (reason !== '') problem = invalidValue(tag, vr, bytes.toString('utf8', start, content), reason);
    }
    if (stop === end) break;
    out.byte(0x2c);
    start = stop + 1;
  }
  out.byte(0x5d);
  if (isCharacterSet) {
    // The JSON is UTF-8 whatever the file was, and says so.
    out.at = mark;
    out.ascii(',"Value":["ISO_IR 192"]');
  }
  return problem;
}

/** Person names: three groups of components (PS3.5 §6.2.1), of which empty ones are left out. */
export function writeName(out: JsonBytes, text: TextValue, tag: number): ValidationProblem | undefined {
  const { bytes, end } = text;
  let problem: ValidationProblem | undefined;
  let start = text.start;
  out.ascii(',"Value":[');
  for (;;) {
    const stop = valueEnd(bytes, start, end);
    writeGroups(out, bytes, start, withoutSpaces(bytes, start, stop));
    if (problem === undefined) {
      const content = contentEnd(bytes, start, stop);
      const reason = validateText(PN, bytes, start, content);
      if (reason !== '') problem = invalidValue(tag, PN, bytes.toString('utf8', start, content), reason);
    }
    if (stop === end) break;
    out.byte(0x2c);
    start = stop + 1;
  }
  out.byte(0x5d);
  return problem;
}

function writeGroups(out: JsonBytes, bytes: Buffer, start: number, end: number): void {
  let from = start;
  let written = 0;
  for (let group = 0; group < 3 && from <= end; group++) {
    let to = from;
    while (to < end && bytes[to] !== 0x3d) to++;
    if (to > from) {
      out.byte(written++ === 0 ? 0x7b : 0x2c);
      out.ascii(GROUPS[group] as string);
      out.string(bytes, from, to);
    }
    from = to + 1;
  }
  if (written === 0) out.ascii('null');
  else out.byte(0x7d);
}

function valueEnd(bytes: Buffer, start: number, end: number): number {
  let stop = start;
  while (stop < end && bytes[stop] !== 0x5c) stop++;
  return stop;
}
