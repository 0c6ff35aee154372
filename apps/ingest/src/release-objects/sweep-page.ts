import { requireWholeMetadata } from '@isocenter/journal';
import type { CursorRow, MetadataStore, Write } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { listPage } from '../list-page.js';
import { removeOrphans } from './remove-orphans.js';

/** The cursor of the pass: position is the time at which it began, detail the key behind which it goes on; '' when it has ended. */
const SWEEP = 'ingest/sweep';
/** Objects that are listed and looked up together. */
const PAGE = 1_000;

export interface SweepOptions {
  /** Milliseconds that an object is left alone; a pass begins this often. */
  readonly ageMs: number;
  readonly onRemoved: (count: number) => void;
}

/** Where a step begins. */
interface Pass {
  readonly began: number;
  readonly after: string;
}

/**
 * One step of the sweep: a page of all objects, of which those go that are old and that neither metadata nor changes know
 * (DESIGN §3.7): their process died before the command, or before it could remove them. True when another step follows.
 * The page is taken by moving the cursor, so several replicas share a pass; what one leaves undone is the next pass's.
 */
export async function sweepPage(store: MetadataStore, objects: ObjectStore, { ageMs, onRemoved }: SweepOptions): Promise<boolean> {
  const now = Date.now();
  const row = await store.readCursor(SWEEP);
  const pass = passOf(row, now, ageMs);
  if (!pass) return false;
  await requireWholeMetadata(store, objects);
  const page = await listPage(objects, PAGE, { after: pass.after });
  const more = page.length === PAGE;
  if (!(await store.commit({ writes: [takePage(row, pass, more ? page.at(-1)!.key : '')] })).committed) return true;
  const old = page.filter(({ modified }) => modified.getTime() < now - ageMs);
  onRemoved((await removeOrphans(old.map(({ key }) => key), store, objects)).length);
  return more;
}

/** The pass that goes on, or a new one when it is time; else undefined. */
function passOf(row: CursorRow | undefined, now: number, everyMs: number): Pass | undefined {
  if (row && row.detail !== '') return { began: row.position, after: row.detail };
  return !row || now - row.position >= everyMs ? { began: now, after: '' } : undefined;
}

function takePage(row: CursorRow | undefined, { began }: Pass, detail: string): Write {
  if (!row) return { op: 'insert', table: 'cursors', row: { name: SWEEP, position: began, detail } };
  return { op: 'update', table: 'cursors', key: { name: SWEEP }, expect: { position: row.position, detail: row.detail }, set: { position: began, detail } };
}
