import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import { store } from './store-request.js';

const folder = join(workspaceRoot, 'libs/imaging/test/fixtures');

interface ImageFacts {
  readonly path: string;
  readonly transfer_syntax: string;
  readonly reference: { readonly pixels_sha256_of_frame0: string };
}

/** One of the files in libs/imaging/test/fixtures. */
export const image = (path: string): Buffer => readFileSync(join(folder, path));

const renderFolder = join(workspaceRoot, 'libs/imaging/test/render');

/** Small images of every kind that is rendered, and the pictures that another implementation, or the formula of PS3.3, makes of them. */
export const renderReferences = JSON.parse(readFileSync(join(renderFolder, 'REFERENCE.json'), 'utf8')) as Readonly<Record<string, { readonly channels: number; readonly pixels: string }>>;
export const renderImage = (name: string): Buffer => readFileSync(join(renderFolder, `${name}.dcm`));

/** What other decoders make of it. */
export const imageFacts = (path: string): ImageFacts => {
  const { files } = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as { files: ImageFacts[] };
  const found = files.find((file) => file.path === path);
  if (!found) throw new Error(`There is no image ${path}.`);
  return found;
};

/** Stores a file, in the place of another with its UIDs, and gives the path of its instance behind the root. */
export const storedPath = async (root: string, bytes: Buffer): Promise<string> => {
  const { stored: [item], text } = await store(root, [bytes], { method: 'PUT' });
  if (!item) throw new Error(`It was not stored: ${text}`);
  return String(item.retrieveUrl).slice(String(item.retrieveUrl).indexOf('/studies/'));
};
