export interface Part {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const boundary = 'isocenter-e2e-boundary-7d1f0c2a';

export const storeContentType = `multipart/related; type="application/dicom"; boundary=${boundary}`;

/** What stands before the bytes of each instance, and what stands behind the last. */
export const partHead = Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
export const lastBoundary = Buffer.from(`\r\n--${boundary}--\r\n`);

/** The body of a STOW request, piece by piece, without a copy of the instances. */
export const storeBody = (instances: readonly (readonly Buffer[])[]): Buffer[] => [
  ...instances.flatMap((pieces) => [partHead, ...pieces]),
  lastBoundary,
];

/** RFC 2046, strictly: a body that a strict viewer could not read is an error here. */
export const parseMultipart = (body: Buffer, contentType: string): Part[] => {
  const marker = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (marker === undefined) throw new Error(`The answer's Content-Type has no boundary: ${contentType}`);
  const parts: Part[] = [];
  let at = startOfFirstPart(body, marker);
  for (;;) {
    const end = body.indexOf(`\r\n--${marker}`, at);
    if (end < 0) throw new Error('The multipart answer ends without its last boundary.');
    parts.push(parsePart(body.subarray(at, end)));
    at = end + marker.length + 4;
    if (body.toString('latin1', at, at + 2) === '--') return parts;
    if (body.toString('latin1', at, at + 2) !== '\r\n') throw new Error('A boundary is not followed by CRLF.');
    at += 2;
  }
};

const startOfFirstPart = (body: Buffer, marker: string): number => {
  const first = body.indexOf(`--${marker}\r\n`);
  if (first !== 0 && !(first === 2 && body.toString('latin1', 0, 2) === '\r\n')) throw new Error('The multipart answer does not begin with its boundary.');
  return first + marker.length + 4;
};

const parsePart = (part: Buffer): Part => {
  const end = part.indexOf('\r\n\r\n');
  if (end < 0) throw new Error('A part has no empty line behind its headers.');
  const lines = part.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { headers, body: part.subarray(end + 4) };
};
