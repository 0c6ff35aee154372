/** JSON above this is kept apart from the row of its instance; then it has a short form beside it. */
export const LARGE_METADATA = 256 * 1024;
/** Bytes of the short form, and of one member in it. */
const MOST = 64 * 1024;
const MOST_MEMBER = 4 * 1024;
/** The beginning of a member up to the end of its first value: a text, a number, null or a person name. */
const FIRST_VALUE = /^"[0-9A-F]{8}":\{"vr":"[A-Z]{2}","Value":\[(?:"(?:[^"\\]|\\.)*"|[-+.\deE]+|null|\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})/;

/**
 * DICOM JSON with those members only whose bounds are given, ascending pairs of start and end in `json`; of a long one the first value.
 * What searches by one attribute want of large metadata: where even that is more than 64 KiB, its end is missing.
 */
export function shortMetadata(json: Buffer, bounds: readonly number[]): Buffer {
  const members: string[] = [];
  let size = 1;
  for (let at = 0; at < bounds.length; at += 2) {
    const [start, end] = [bounds[at] as number, bounds[at + 1] as number];
    const member = end - start <= MOST_MEMBER ? json.toString('utf8', start, end) : withFirstValue(json.toString('utf8', start, start + MOST_MEMBER));
    if (member === undefined) continue;
    size += Buffer.byteLength(member) + 1;
    if (size > MOST) break;
    members.push(member);
  }
  return Buffer.from(`{${members.join(',')}}`);
}

function withFirstValue(beginning: string): string | undefined {
  const [found] = FIRST_VALUE.exec(beginning) ?? [];
  return found && `${found}]}`;
}
