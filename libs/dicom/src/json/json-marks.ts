/** Leave this byte range out of the `/v2` view. */
export const CUT = 1;
/** Insert the URL of the instance here (length 0); may lie inside a CUT. */
export const BASE = 2;

/**
 * DICOM JSON of one instance (PS3.18 Annex F), one object, keys ascending, with every element; `marks` are triples (kind,
 * offset, length), ascending by offset, by which the two dialects' views are cut out without parsing. Cuts neither overlap
 * nor touch what the other view needs: what remains is valid JSON.
 */
export interface MetadataJson {
  readonly json: Buffer;
  readonly marks: Uint32Array;
  /** Of JSON above `LARGE_METADATA`: its short form, to which no marks belong (see `shortMetadata`). */
  readonly short?: Buffer;
}

/** The `/v2` view: without bulk data, UN and invalid values. Slices of `json`, not copies. */
export function azureView(json: Buffer, marks: Uint32Array): Buffer[] {
  return without(json, marks, 0, json.length);
}

/** The `/dicom-web` view: everything, each BulkDataURI made absolute by the URL of the instance (without a final slash). */
export function webView(json: Buffer, marks: Uint32Array, instanceBase: string): Buffer[] {
  const slices: Buffer[] = [];
  const base = Buffer.from(instanceBase);
  let from = 0;
  for (let i = 0; i < marks.length; i += 3) {
    if (marks[i] !== BASE) continue;
    const at = marks[i + 1] as number;
    slices.push(json.subarray(from, at), base);
    from = at;
  }
  slices.push(json.subarray(from));
  return slices;
}

/** The bytes [start, end) of `json` without what is cut; start and end lie on member boundaries. */
export function without(json: Buffer, marks: Uint32Array, start: number, end: number): Buffer[] {
  const slices: Buffer[] = [];
  let from = start;
  for (let i = firstMarkAt(marks, start); i < marks.length && (marks[i + 1] as number) < end; i += 3) {
    if (marks[i] !== CUT) continue;
    const at = marks[i + 1] as number;
    if (at > from) slices.push(json.subarray(from, at));
    from = at + (marks[i + 2] as number);
  }
  if (end > from) slices.push(json.subarray(from, end));
  return slices;
}

function firstMarkAt(marks: Uint32Array, offset: number): number {
  let low = 0;
  let high = marks.length / 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[3 * middle + 1] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return 3 * low;
}
