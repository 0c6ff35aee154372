import { Part10Scanner } from '../src/scan/part10-scanner.js';
import { type ElementChange } from '../src/rewrite/element-change.js';
import { needsWholeFile, planRewrite, type RewritePlan, type RewriteSource } from '../src/rewrite/plan-rewrite.js';
import { rewriteBytes } from '../src/rewrite/rewrite-bytes.js';

/** Scans with the starts of the root's elements, as far as `enough` says. */
export async function scanRoot(bytes: Buffer, whole = true): Promise<RewriteSource> {
  const scanner = new Part10Scanner();
  scanner.noteRootStarts();
  for (const chunk of chunksOf(bytes, 100)) {
    await scanner.push(chunk);
    if (!whole && scanner.pixelDataBegun) return { scanned: scanner.soFar(), ...scanner.rootElements };
  }
  const scanned = await scanner.end();
  return { scanned, ...scanner.rootElements };
}

export async function rewrite(bytes: Buffer, changes: readonly ElementChange[], chunkSize = 100): Promise<{ plan: RewritePlan; bytes: Buffer }> {
  const plan = planRewrite(await scanRoot(bytes, needsWholeFile(changes)), changes);
  const parts: Buffer[] = [];
  for await (const part of rewriteBytes(chunksOf(bytes, chunkSize), plan)) parts.push(part);
  return { plan, bytes: Buffer.concat(parts) };
}

async function* asStream(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

function chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> & Iterable<Buffer> {
  function* cut(): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return Object.assign(asStream(cut()), { [Symbol.iterator]: cut });
}
