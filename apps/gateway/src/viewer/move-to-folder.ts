/** A range of a file, `end` exclusive, or what stands in its place. */
export type Piece = Buffer | { readonly start: number; readonly end: number };

/**
 * The viewer is built for the root of a server. A few addresses in scripts, styles and its manifest say so; in their place
 * comes what finds the folder of the file itself, so that the viewer works below any path, and behind a proxy that adds one.
 */
const ROOT_ADDRESSES = {
  '.js': { rooted: Buffer.from('__webpack_require__.p = "/";'), relative: Buffer.from('__webpack_require__.p = (self.document?.currentScript?.src ?? self.location.href).replace(/[^/]*$/, "");') },
  '.json': { rooted: Buffer.from('": "/'), relative: Buffer.from('": "./') },
  '.css': { rooted: Buffer.from('url(/'), relative: Buffer.from('url(') },
} as const;

export function wholeFile(size: number): readonly Piece[] {
  return [{ start: 0, end: size }];
}

/** Of the files in which such addresses stand. */
export function hasAddresses(extension: string): extension is keyof typeof ROOT_ADDRESSES {
  return extension in ROOT_ADDRESSES;
}

export function piecesOf(bytes: Buffer, kind: keyof typeof ROOT_ADDRESSES): readonly Piece[] {
  const { rooted, relative } = ROOT_ADDRESSES[kind];
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = bytes.indexOf(rooted); at >= 0; at = bytes.indexOf(rooted, from)) {
    pieces.push({ start: from, end: at }, relative);
    from = at + rooted.length;
  }
  return [...pieces, { start: from, end: bytes.length }];
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.end - piece.start), 0);
}
