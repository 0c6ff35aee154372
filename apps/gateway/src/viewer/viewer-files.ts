import type { Compressor } from '@isocenter/http';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { makeOnce } from './make-once.js';
import { hasAddresses, type Piece, piecesOf, wholeFile } from './move-to-folder.js';
import { compressPieces } from './read-pieces.js';

/** A file of the built viewer. */
export interface ViewerFile {
  readonly path: string;
  readonly contentType: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
  /** What is worth compressing; pictures and fonts are compressed already. */
  readonly compressible: boolean;
  readonly pieces: () => Promise<readonly Piece[]>;
  /** Made when it is first asked for, and kept: all of them have 14 to 16 MB. */
  readonly compressed: (by: Compressor) => Promise<Buffer>;
}

export interface ViewerBuild {
  /** Of the package. */
  readonly version: string;
  /** `index.html` as it was built. */
  readonly page: string;
  /** By path below the folder of the build. What is not in it is not served. */
  readonly files: ReadonlyMap<string, ViewerFile>;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'], ['.css', 'text/css; charset=utf-8'], ['.json', 'application/json'], ['.jsonc', 'application/json'],
  ['.wasm', 'application/wasm'], ['.svg', 'image/svg+xml'], ['.png', 'image/png'], ['.ico', 'image/x-icon'], ['.woff2', 'font/woff2'],
]);
const COMPRESSIBLE: ReadonlySet<string> = new Set(['.js', '.css', '.json', '.jsonc', '.wasm', '.svg']);
/** Networks whose weights would come from elsewhere, which the policy of the page does not allow. */
const NETWORKS = /^ort\//;
/** The build writes the digest of a file into its name. */
const NAMED_BY_DIGEST = /(?:^|[./])[0-9a-f]{16}\.[a-z0-9]+$/;

/** The folder of the package, which is an optional one; undefined when it is not installed. */
export function findViewer(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@ohif/app/package.json'));
  } catch {
    return undefined;
  }
}

export async function readBuild(folder: string): Promise<ViewerBuild> {
  const dist = join(folder, 'dist');
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const found = await readdir(dist, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile() && TYPES.has(extname(entry.name))).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map((path) => [relative(dist, path), fileAt(path)] as const).filter(([name]) => !NETWORKS.test(name));
  return { version, page: await readFile(join(dist, 'index.html'), 'utf8'), files: new Map(files) };
}

function fileAt(path: string): ViewerFile {
  const extension = extname(path);
  // Looked through when it is first asked for: it does not change, and where its addresses stand is kept.
  const pieces = makeOnce(async () => (hasAddresses(extension) ? piecesOf(await readFile(path), extension) : wholeFile((await stat(path)).size)));
  const copies = new Map<string, () => Promise<Buffer>>();
  const compressed = (by: Compressor): Promise<Buffer> => {
    const copy = copies.get(by.name) ?? makeOnce(async () => compressPieces(path, await pieces(), by));
    copies.set(by.name, copy);
    return copy();
  };
  return { path, contentType: TYPES.get(extension)!, immutable: NAMED_BY_DIGEST.test(path), compressible: COMPRESSIBLE.has(extension), pieces, compressed };
}
