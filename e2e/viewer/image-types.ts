import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import type { Seen } from './see-picture.js';

/** A study of e2e/viewer/fixtures, which tools/fixtures/make_viewer_fixtures.py writes. */
export interface ImageType {
  readonly name: string;
  /** Whether the viewer shows its picture. */
  readonly isShown: (seen: Seen) => boolean;
}

const dark = (value: number): boolean => value < 80;
const bright = (value: number): boolean => value > 170;
/** Upper left and lower right of the picture, red, green and blue. */
const grey = ({ corners: [from, to] }: Seen): boolean => from.every(dark) && to.every(bright);
const inverted = ({ corners: [from, to] }: Seen): boolean => from.every(bright) && to.every(dark);
const colours = ({ corners: [from, to] }: Seen): boolean => dark(from[0]) && dark(from[1]) && bright(from[2]) && bright(to[0]) && bright(to[1]) && dark(to[2]);

export const imageTypes: readonly ImageType[] = [
  { name: 'ct-signed', isShown: grey },
  { name: 'mr-jpeg-2000', isShown: grey },
  { name: 'cr-monochrome1', isShown: inverted },
  { name: 'dx-jpeg-ls', isShown: grey },
  { name: 'mg-htj2k', isShown: grey },
  { name: 'xa-jpeg-lossless', isShown: grey },
  { name: 'us-jpeg-ybr-422', isShown: colours },
  { name: 'us-rgb-planes', isShown: colours },
  { name: 'us-palette', isShown: colours },
  { name: 'sc-rle', isShown: colours },
  { name: 'enhanced-mr', isShown: grey },
  // Drawn by WebGL of its own, which nobody can read: of its two ends one is yellow.
  { name: 'whole-slide', isShown: ({ yellow }) => yellow > 0.01 },
  { name: 'pdf', isShown: ({ document }) => document.startsWith('%PDF-1.4') },
];

export const fileOf = ({ name }: ImageType): Buffer => readFileSync(join(workspaceRoot, `e2e/viewer/fixtures/${name}.dcm`));
