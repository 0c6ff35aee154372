import { type GoldenMembers } from '@isocenter/dicom/golden';
import { isImplicit } from './transfer-syntax.js';
import { type RefusableFile, type StorableFile } from './prepare-corpus.js';

export type Expected = 'stored' | 'refused';

const mediaStorageDirectory = '1.2.840.10008.1.3.10';

/** What a store has to answer to a file that can be read. A file without a transfer syntax is no DICOM file of PS3.10. */
export const expectedStore = ({ file, bytes, golden }: StorableFile, root: 'dicom-web' | 'v2'): Expected => {
  const syntax = file.transfer_syntax;
  if (!syntax || isDirectory(bytes)) return 'refused';
  if (root === 'dicom-web') return 'stored';
  return isImplicit(syntax) || !hasPatientId(golden) ? 'refused' : 'stored';
};

export const isDirectory = (bytes: Buffer): boolean => bytes.subarray(0, 1024).includes(`${mediaStorageDirectory}\0`);

/** Required by the Azure dialect; an empty one is a warning. */
const hasPatientId = (golden: GoldenMembers): boolean => '00100020' in golden;

/** Then it is invalid for the Azure dialect and not for the standard (PS3.3 table C.7-1: type 2, often left out). */
export const lacksOnlyPatientId = ({ file }: RefusableFile): boolean => file.path.endsWith('/no-patient-id.dcm');
