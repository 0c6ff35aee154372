/**
 * Renders frame 1 of every image of a folder with a MANIFEST.json, and compares with the pictures of dcmtk (apt-get install dcmtk):
 *
 *     npm run test:corpus:render -- FOLDER
 *
 * Prints a line per image that differs by more than 0.7 levels in the mean, how many only one of both renders, and ends with
 * `N passed, N failed`. dcmtk has no JPEG 2000, and reads no functional groups; values of VR UN get their own VR first, since it
 * would read none of them either.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { decodeFrame } from '../../src/code-frame.js';
import { defaultFrameLimits, type Presentation, readPresentation } from '../../src/index.js';
import { type Raster } from '../../src/render/raster.js';
import { renderFrame } from '../../src/render/render-frame.js';
import { readInstance } from './stored-instance.js';

interface RenderEntry {
  readonly path: string;
  readonly transfer_syntax: string | null;
}

const BOUND = 0.7;
const folder = resolve(process.argv[2] ?? process.env['CORPUS'] ?? '');
const manifestPath = join(folder, 'MANIFEST.json');
if ((process.argv[2] ?? process.env['CORPUS']) === undefined || !existsSync(manifestPath)) {
  console.error(`There is no corpus: ${manifestPath} does not exist. Name a folder with a MANIFEST.json.`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'isocenter-render-'));
const counts = { alike: 0, different: 0, 'by one only': 0 };
try {
  for (const entry of (JSON.parse(readFileSync(manifestPath, 'utf8')) as { files: RenderEntry[] }).files) {
    if (!entry.path.startsWith('invalid/')) await compare(entry);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${counts['by one only']} by one only`);
console.log(`${counts.alike} passed, ${counts.different} failed`);
process.exitCode = counts.different === 0 && counts.alike > 0 ? 0 : 1;

async function compare(entry: RenderEntry): Promise<void> {
  const ours = await render(entry).catch(String);
  if (ours === undefined) return;
  const theirs = renderByDcmtk(entry, typeof ours === 'string' ? undefined : ours);
  if (typeof ours === 'string' || theirs === undefined) {
    if (typeof ours === 'string') console.log(`${entry.path}: ${theirs === undefined ? 'neither' : 'only dcmtk'} renders it; ${ours}`);
    if (typeof ours !== 'string' || theirs !== undefined) counts['by one only']++;
    return;
  }
  const difference = meanDifference(ours.raster, theirs);
  if (difference <= BOUND) counts.alike++;
  else {
    counts.different++;
    console.log(`${entry.path}: the mean difference is ${difference.toFixed(2)}`);
  }
}

async function render({ path }: RenderEntry): Promise<{ raster: Raster; presentation: Presentation } | undefined> {
  const instance = await readInstance(readFileSync(join(folder, path)));
  if (instance.table.kind === 'unknown') return undefined;
  const frame = await decodeFrame(instance.file.transferSyntaxUid || '1.2.840.10008.1.2', instance.frame(1), instance.image(), defaultFrameLimits);
  const presentation = await readPresentation(instance.metadata, 1, async (uri) => instance.bulk(uri.replace('/bulkdata/', '')));
  return { raster: renderFrame(frame, presentation), presentation };
}

function renderByDcmtk({ path, transfer_syntax }: RenderEntry, ours: { raster: Raster; presentation: Presentation } | undefined): Raster | undefined {
  const target = join(scratch, 'out.pnm');
  const source = join(scratch, 'in.dcm');
  const program = /\.4\.8[01]$/.test(transfer_syntax ?? '') ? 'dcml2pnm' : 'dcmj2pnm';
  const isGrey = ours?.raster.channels === 1;
  const options = !isGrey ? [] : ours.presentation.voiLut !== undefined ? ['+Wl', '1'] : ours.presentation.window !== undefined ? ['+Wi', '1'] : ['+Wm'];
  try {
    execFileSync('dcmconv', ['+uc', join(folder, path), source], { stdio: 'ignore' });
    execFileSync(program, ['+op', ...options, source, target], { stdio: 'ignore' });
    return readPnm(readFileSync(target));
  } catch {
    return undefined;
  }
}

function readPnm(bytes: Buffer): Raster | undefined {
  const header = /^P([56])\s+(?:#[^\n]*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 200));
  if (header === null) return undefined;
  return { channels: header[1] === '6' ? 3 : 1, width: Number(header[2]), height: Number(header[3]), pixels: bytes.subarray(header[0].length) };
}

function meanDifference(a: Raster, b: Raster): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  const channels = Math.max(a.channels, b.channels);
  let sum = 0;
  for (let at = 0; at < a.width * a.height * channels; at++) {
    const level = (raster: Raster): number => raster.pixels[raster.channels === channels ? at : Math.floor(at / channels)]!;
    sum += Math.abs(level(a) - level(b));
  }
  return sum / (a.width * a.height * channels);
}
