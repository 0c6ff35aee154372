import { DicomWebClient } from '../support/dicomweb-client.js';
import { startArchive, type Archive } from '../support/archive.js';
import { checkNothingStored, checkRefused } from './check-refused.js';
import { checkRoundTrip } from './check-round-trip.js';
import { expectedStore, lacksOnlyPatientId } from './expected-store.js';
import { prepareCorpus, type Corpus } from './prepare-corpus.js';
import { resultOf } from './store-answer.js';

export interface CorpusReport {
  readonly passed: number;
  /** `path (root): what is wrong` */
  readonly failures: readonly string[];
  /** Files that can be read and are refused by what DESIGN and the conformance page say. */
  readonly refused: readonly string[];
  readonly notDerived: readonly string[];
}

interface Tally {
  passed: number;
  readonly failures: string[];
  readonly refused: string[];
}

/** Every file of a folder with a manifest through a new archive: what cannot be stored first, while it holds nothing. */
export const runCorpus = async (folder: string): Promise<CorpusReport> => {
  const corpus = prepareCorpus(folder);
  const archive = await startArchive();
  const tally: Tally = { passed: 0, failures: [], refused: [] };
  try {
    await refuseInvalid(archive, corpus, tally);
    await storeValid(archive, corpus, tally);
    count(tally, 'the log has no unknown error', archive.log.includes('unknown error') ? [archive.log.split('\n').find((line) => line.includes('unknown error')) ?? ''] : []);
  } finally {
    await archive.end();
  }
  return { ...tally, notDerived: corpus.notDerived };
};

const count = (tally: Tally, name: string, problems: readonly string[]): void => {
  if (problems.length === 0) tally.passed += 1;
  else tally.failures.push(`${name}: ${problems.join('; ')}`);
};

const refuseInvalid = async (archive: Archive, { invalid, storable }: Corpus, tally: Tally): Promise<void> => {
  for (const root of ['dicom-web', 'v2'] as const) {
    const client = new DicomWebClient(`${archive.baseUrl}/${root}`);
    for (const { file, bytes } of invalid.filter((one) => root === 'v2' || !lacksOnlyPatientId(one))) count(tally, `${file.path} (/${root})`, await attempt(() => checkRefused(client, bytes)));
    for (const readable of storable.filter((one) => expectedStore(one, root) === 'refused')) {
      count(tally, `${readable.file.path} (/${root})`, await attempt(() => checkRefused(client, readable.bytes)));
      tally.refused.push(`${readable.file.path} (/${root})`);
    }
  }
  count(tally, 'nothing is stored of what was refused', await attempt(() => checkNothingStored(archive)));
};

const storeValid = async ({ baseUrl }: Archive, { invalid, storable }: Corpus, tally: Tally): Promise<void> => {
  const web = new DicomWebClient(`${baseUrl}/dicom-web`);
  for (const { file, bytes } of invalid.filter(lacksOnlyPatientId)) count(tally, `${file.path} (/dicom-web)`, await attempt(() => checkStored(web, bytes)));
  // A partition of its own, since the same instances are stored under the other root.
  const azure = new DicomWebClient(`${baseUrl}/v2/partitions/corpus`);
  for (const file of storable) {
    if (expectedStore(file, 'dicom-web') === 'stored') count(tally, `${file.file.path} (/dicom-web)`, await attempt(() => checkRoundTrip(web, file)));
    if (expectedStore(file, 'v2') === 'stored') count(tally, `${file.file.path} (/v2)`, await attempt(() => checkStored(azure, file.bytes, file.of.sopInstanceUid)));
  }
};

/** 200, or 202 exactly when the answer has a warning. */
const checkStored = async (client: DicomWebClient, bytes: Buffer, sopInstanceUid?: string): Promise<string[]> => {
  const { status, stored, text } = resultOf(await client.store([[bytes]]));
  const wanted = text.includes('"00081196"') ? 202 : 200;
  return status === wanted && stored.length === 1 && (sopInstanceUid === undefined || stored[0] === sopInstanceUid) ? [] : [`the store was answered ${status}: ${text.slice(0, 300)}`];
};

const attempt = async (check: () => Promise<string[]>): Promise<string[]> => {
  try {
    return await check();
  } catch (error) {
    return [String(error)];
  }
};
