import { fixture, identityOf, smallInstance } from '../http/small-instance.js';
import { given } from '../http/store-request.js';
import type { Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';

/** Character sets, frames of every kind of table, values that are known by range, every VR. */
export const recordedFixtures = [
  'charset/utf8.dcm', 'charset/japanese-2022.dcm', 'frames/jpeg-bot-4f.dcm', 'frames/j2k-eot-4f.dcm', 'frames/native-rgb-2f.dcm', 'frames/native-1bit-across-bytes-5f.dcm', 'values/bulk.dcm', 'values/every-vr-many.dcm',
] as const;

export const [replaced, deleted, elsewhere] = ['replaced', 'deleted', 'elsewhere'].map((name) => identityOf(name)) as [ReturnType<typeof identityOf>, ReturnType<typeof identityOf>, ReturnType<typeof identityOf>];
export const otherPartition = 'ward-7';

/** Leaves a row of every kind behind: of instances, a replaced version, a deleted one, another partition, objects that are due. */
export async function fillArchive({ baseUrl }: Archive): Promise<void> {
  const root = `${baseUrl}/dicom-web`;
  for (const path of recordedFixtures) await given(root, [fixture(path)]);
  await given(root, [smallInstance(replaced), smallInstance(deleted)]);
  await given(root, [smallInstance({ ...replaced, patientName: 'Second^Version' })], { method: 'PUT' });
  await given(`${baseUrl}/v2/partitions/${otherPartition}`, [smallInstance(elsewhere)]);
  const { status } = await call(`${root}${instancePath(deleted)}`, { method: 'DELETE' });
  if (status !== 204) throw new Error(`The delete was answered ${status}.`);
}
