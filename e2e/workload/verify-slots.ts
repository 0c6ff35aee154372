import { createHash } from 'node:crypto';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import type { Slot, Study } from './archive-model.js';
import { finding, type Finding } from './finding.js';
import { judgeSlot, judgeStudy } from './judge-slot.js';

const instanceNumber = '00200013';
const numberOfStudyRelatedInstances = '00201208';
const sopInstanceUid = '00080018';
const asStored = { accept: 'application/dicom; transfer-syntax=*' };

/** Compares each of the wanted slots, and their studies, with every way to read them, while nothing is away; settles what was left open. */
export const verifySlots = async (baseUrl: string, studies: readonly Study[], wanted: (slot: Slot) => boolean): Promise<Finding[]> => {
  const client = new DicomWebClient(`${baseUrl}/v2`);
  const wrong: Finding[] = [];
  for (const study of studies) {
    const slots = study.slots.filter(wanted);
    if (slots.length === 0) continue;
    for (const slot of slots) wrong.push(...(await verifySlot(client, slot)));
    wrong.push(...(await verifyStudy(client, baseUrl, study)));
  }
  return wrong;
};

const verifySlot = async (client: DicomWebClient, slot: Slot): Promise<Finding[]> => {
  const name = slot.identity.sopInstanceUid;
  const path = instancePath(slot.identity);
  const bytes = await client.call(path, { headers: asStored });
  const metadata = await client.call(`${path}/metadata`, { headers: { accept: 'application/dicom+json' } });
  for (const { status, body } of [bytes, metadata]) {
    if (status !== 200 && status !== 404) return [finding('unanswered', `${name}: a read of it was answered ${status} ${body.toString('utf8', 0, 200)}.`)];
  }
  const original = slot.original && (await client.call(path, { headers: { ...asStored, 'msdicom-request-original': 'true' } }));
  if (original && sha256Of(original.body) !== slot.original?.sha256) return [finding(original.status === 404 ? 'lost' : 'altered', `${name}: its original was answered ${original.status}, and is not what was sent first.`)];
  const [dataset] = metadata.status === 404 ? [] : (JSON.parse(metadata.body.toString('utf8')) as Record<string, { Value?: unknown[] }>[]);
  return judgeSlot(slot, {
    sha256: bytes.status === 404 ? undefined : sha256Of(bytes.body),
    number: dataset && Number(dataset[instanceNumber]?.Value?.[0]),
  });
};

const sha256Of = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

const verifyStudy = async (client: DicomWebClient, baseUrl: string, { uid, slots }: Study): Promise<Finding[]> => {
  const found = (await client.search(`/studies/${uid}/instances?limit=200`)).map((one) => String(one[sopInstanceUid]?.Value?.[0]));
  const [counted] = await new DicomWebClient(`${baseUrl}/dicom-web`).search(`/studies?StudyInstanceUID=${uid}&includefield=${numberOfStudyRelatedInstances}`);
  return judgeStudy(uid, slots, found, Number(counted?.[numberOfStudyRelatedInstances]?.Value?.[0] ?? 0));
};
