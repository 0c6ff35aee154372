import { type GoldenMembers } from '@isocenter/dicom/golden';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import { type Identity } from '../support/synthetic-instance.js';
import { deriveInstance, newUidsOf, type NewUids } from './derive-instance.js';
import { isDirectory } from './expected-store.js';
import { type CorpusFile, isInvalid, readManifest } from './manifest.js';

/** A file that can be read, as it is sent. */
export interface StorableFile {
  readonly file: CorpusFile;
  /** With new UIDs where it needed them. */
  readonly bytes: Buffer;
  readonly of: Identity;
  readonly sopClassUid: string;
  readonly golden: GoldenMembers;
}

export interface RefusableFile {
  readonly file: CorpusFile;
  readonly bytes: Buffer;
}

export interface Corpus {
  readonly storable: readonly StorableFile[];
  readonly invalid: readonly RefusableFile[];
  /** Files of which no copy could be derived, a line each that says why. */
  readonly notDerived: readonly string[];
}

/**
 * Reads a folder with a MANIFEST.json and makes of it what can be stored side by side. Golden JSON comes from beside the
 * files where it is there and the file is sent as it is, else from tools/fixtures/golden_json.py (Python 3 with pydicom).
 */
export const prepareCorpus = (folder: string): Corpus => {
  const files = readManifest(folder);
  const taken = new Set<string>();
  const notDerived: string[] = [];
  const copies: { file: CorpusFile; bytes: Buffer; uids: NewUids }[] = [];
  for (const file of files.filter((candidate) => !isInvalid(candidate))) {
    const original = readFileSync(join(folder, file.path));
    // Neither is an instance, so no UID makes it one.
    const uids: NewUids = !file.transfer_syntax || isDirectory(original) ? new Map() : newUidsOf(file, taken);
    if (file.sop_uid) taken.add(file.sop_uid);
    try {
      copies.push({ file, uids, bytes: uids.size === 0 ? original : deriveInstance(original, file, uids) });
    } catch (error) {
      notDerived.push(`${file.path}: ${(error as Error).message}`);
    }
  }
  const goldens = goldensOf(folder, copies);
  return {
    storable: copies.map(({ file, bytes, uids }) => ({ file, bytes, ...identityOf(file, uids), golden: goldens.get(file.path) ?? {} })),
    invalid: files.filter(isInvalid).map((file) => ({ file, bytes: readFileSync(join(folder, file.path)) })),
    notDerived,
  };
};

const identityOf = (file: CorpusFile, uids: NewUids): Pick<StorableFile, 'of' | 'sopClassUid'> => ({
  of: {
    studyInstanceUid: uids.get(0x0020000d) ?? file.study_uid ?? '', seriesInstanceUid: uids.get(0x0020000e) ?? file.series_uid ?? '',
    sopInstanceUid: uids.get(0x00080018) ?? file.sop_uid ?? '',
  },
  sopClassUid: uids.get(0x00080016) ?? file.sop_class ?? '',
});

type Copy = { readonly file: CorpusFile; readonly bytes: Buffer; readonly uids: NewUids };

const goldensOf = (folder: string, copies: readonly Copy[]): Map<string, GoldenMembers> => {
  const beside = ({ file, uids }: Copy): boolean => uids.size === 0 && existsSync(join(folder, `${file.path}.json`));
  const read = (path: string): GoldenMembers => JSON.parse(readFileSync(path, 'utf8')) as GoldenMembers;
  const goldens = new Map(copies.filter(beside).map(({ file }) => [file.path, read(join(folder, `${file.path}.json`))]));
  const missing = copies.filter((copy) => !beside(copy));
  if (missing.length === 0) return goldens;
  const work = mkdtempSync(join(tmpdir(), 'isocenter-corpus-'));
  try {
    for (const { file, bytes } of missing) {
      mkdirSync(dirname(join(work, 'files', file.path)), { recursive: true });
      writeFileSync(join(work, 'files', file.path), bytes);
    }
    execFileSync('python3', [join(workspaceRoot, 'tools/fixtures/golden_json.py'), join(work, 'files'), join(work, 'goldens')], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (const { file } of missing) goldens.set(file.path, read(join(work, 'goldens', `${file.path}.json`)));
    return goldens;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
