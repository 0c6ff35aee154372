import { compareMembers, type Member, type Members } from '@isocenter/dicom/golden';
import { instancePath, type DicomWebClient } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { type StorableFile } from './prepare-corpus.js';

/** The metadata against pydicom's reading of the file; large values by their BulkDataURI. */
export const checkMetadata = async (client: DicomWebClient, { of, golden }: StorableFile): Promise<string[]> => {
  const [metadata, ...others] = await client.metadata(instancePath(of));
  if (metadata === undefined || others.length > 0) return [`the metadata of the instance has ${others.length} data sets too many`];
  const members = metadata as unknown as Members;
  const bulk = await fetchBulkData(members);
  return compareMembers(members, golden, (path, member) => bytesOf(path, member, bulk));
};

const bytesOf = (path: string, { InlineBinary, BulkDataURI }: Member, bulk: ReadonlyMap<string, Buffer>): Buffer => {
  if (InlineBinary !== undefined) return Buffer.from(InlineBinary, 'base64');
  const value = BulkDataURI === undefined ? undefined : bulk.get(BulkDataURI);
  if (value === undefined) throw new Error(`${path}: neither InlineBinary nor BulkDataURI`);
  return value;
};

const fetchBulkData = async (members: Members): Promise<Map<string, Buffer>> => {
  const values = new Map<string, Buffer>();
  for (const uri of urisOf(members)) {
    const { status, body } = await call(uri, { headers: { accept: 'application/octet-stream' } });
    if (status !== 200) throw new Error(`${new URL(uri).pathname} was answered ${status}: ${body.toString('utf8', 0, 200)}`);
    values.set(uri, body);
  }
  return values;
};

const urisOf = (members: Members): string[] => Object.values(members).flatMap(({ vr, Value, BulkDataURI }) => [
  ...(BulkDataURI === undefined ? [] : [BulkDataURI]), ...(vr === 'SQ' ? ((Value ?? []) as Members[]).flatMap(urisOf) : []),
]);
