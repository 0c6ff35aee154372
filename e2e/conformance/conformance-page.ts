import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';

export interface PageRow {
  /** Cells without code marks. */
  readonly cells: readonly string[];
  /** Tests that the row names, `file › group › name`. */
  readonly tests: readonly string[];
}

export interface ConformancePage {
  readonly routes: readonly PageRow[];
  /** Status codes of HTTP. */
  readonly statuses: readonly PageRow[];
  /** Reason codes of DICOM. */
  readonly reasons: readonly PageRow[];
  /** Every test that is named anywhere. */
  readonly tests: readonly string[];
}

const heads = { routes: 'Method | Path', statuses: 'Code | When', reasons: 'Code | Constant' } as const;

/** Reads a page of docs/conformance: its tables are told apart by their first two columns. */
export const readConformancePage = (name: 'azure-v2' | 'dicom-web'): ConformancePage => {
  const text = readFileSync(join(workspaceRoot, `docs/conformance/${name}.md`), 'utf8');
  return { routes: rowsBelow(text, heads.routes), statuses: rowsBelow(text, heads.statuses), reasons: rowsBelow(text, heads.reasons), tests: [...new Set(testsIn(text))] };
};

const rowsBelow = (text: string, head: string): PageRow[] =>
  text.split('\n\n').filter((block) => block.startsWith(`| ${head} |`)).flatMap((table) => table.trim().split('\n').slice(2).map(rowOf));

const rowOf = (line: string): PageRow => ({ cells: line.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('`', '')), tests: testsIn(line) });

const testsIn = (text: string): string[] => [...text.matchAll(/`([^`]+ › [^`]+)`/g)].map(([, name]) => name!).filter((name) => name !== 'file › group › name');
