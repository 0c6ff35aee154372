import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a MANIFEST.json, as libs/dicom's corpus runner reads it; what is absent or null is not known. */
export interface CorpusFile {
  readonly path: string;
  readonly sha256: string;
  readonly transfer_syntax?: string | null;
  readonly sop_class?: string | null;
  readonly study_uid?: string | null;
  readonly series_uid?: string | null;
  readonly sop_uid?: string | null;
  readonly samples?: number | null;
  readonly bits_allocated?: number | null;
  readonly bits_stored?: number | null;
  readonly frames?: number | null;
  /** Paths of the files that have the same SOP Instance UID. */
  readonly same_sop_instance_uid_as?: readonly string[] | null;
  /** Of each frame as stored, fragments joined; one-bit frames moved to byte edges. */
  readonly frame_sha256?: readonly string[];
  readonly encoded_frame0?: { readonly sha256: string };
  readonly encoded_last_frame?: { readonly sha256: string };
  readonly reference?: { readonly dtype?: string; readonly pixels_sha256_of_frame0?: string; readonly pixels_sha256_of_last_frame?: string };
}

export const isInvalid = ({ path }: CorpusFile): boolean => path.startsWith('invalid/');

/** The files that the manifest of a folder names. Throws when there is none, or it names nothing. */
export const readManifest = (folder: string): readonly CorpusFile[] => {
  const path = join(folder, 'MANIFEST.json');
  if (!existsSync(path)) throw new Error(`There is no corpus: ${path} does not exist. Name a folder with a MANIFEST.json.`);
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: CorpusFile[] };
  if (files.length === 0) throw new Error(`${path} names no file.`);
  return files;
};
