import { createHash } from 'node:crypto';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import type { Slot, Study } from './archive-model.js';

const instanceNumber = '00200013';
const numberOfStudyRelatedInstances = '00201208';
const sopInstanceUid = '00080018';
const asStored = { accept: 'application/dicom; transfer-syntax=*' };

/**
 * Compares each of the slots with every way to read it, and settles what was left open: an unanswered change happened
 * wholly or not at all. Returns what is wrong, a sentence each.
 */
export const verifySlots = async (baseUrl: string, studies: readonly Study[], wanted: (slot: Slot) => boolean): Promise<string[]> => {
  const client = new DicomWebClient(`${baseUrl}/v2`);
  const wrong: string[] = [];
  for (const study of studies) {
    const slots = study.slots.filter(wanted);
    if (slots.length === 0) continue;
    for (const slot of slots) wrong.push(...(await verifySlot(client, slot)));
    wrong.push(...(await verifyStudy(client, baseUrl, study)));
  }
  return wrong;
};

const verifySlot = async (client: DicomWebClient, slot: Slot): Promise<string[]> => {
  const name = slot.identity.sopInstanceUid;
  const path = instancePath(slot.identity);
  const bytes = await client.call(path, { headers: asStored });
  const metadata = await client.call(`${path}/metadata`, { headers: { accept: 'application/dicom+json' } });
  if (bytes.status !== 200 && bytes.status !== 404) return [`${name}: its bytes were answered ${bytes.status} ${bytes.body.toString('utf8', 0, 200)}.`];
  if (bytes.status !== metadata.status) return [`${name}: its bytes were answered ${bytes.status} and its metadata ${metadata.status}.`];
  const sha256 = bytes.status === 200 ? createHash('sha256').update(bytes.body).digest('hex') : undefined;
  const happened = slot.unsure !== undefined && slot.unsure.version?.sha256 === sha256;
  if (!happened && slot.current?.sha256 !== sha256) {
    const asked = [slot.current, ...(slot.unsure ? [slot.unsure.version] : [])].map((version) => version?.sha256.slice(0, 12) ?? 'absent').join(' or ');
    return [`${name}: found ${sha256?.slice(0, 12) ?? 'absent'}, expected ${asked}.`];
  }
  if (slot.unsure && happened) {
    slot.current = slot.unsure.version;
    slot.actions.push(slot.unsure.action);
  }
  slot.unsure = undefined;
  slot.changedSinceCheck = false;
  if (!slot.current) return [];
  const [dataset] = JSON.parse(metadata.body.toString('utf8')) as Record<string, { Value?: unknown[] }>[];
  const found = Number(dataset?.[instanceNumber]?.Value?.[0]);
  return found === slot.current.number ? [] : [`${name}: its metadata are of version ${found}, its bytes of ${slot.current.number}.`];
};

const verifyStudy = async (client: DicomWebClient, baseUrl: string, study: Study): Promise<string[]> => {
  const found = (await client.search(`/studies/${study.uid}/instances?limit=200`)).map((one) => String(one[sopInstanceUid]?.Value?.[0])).sort();
  const expected = study.slots.filter(({ current }) => current).map(({ identity }) => identity.sopInstanceUid).sort();
  const wrong = found.join() === expected.join() ? [] : [`study ${study.uid}: a search finds ${found.length} instances, expected ${expected.length}.`];
  const [counted] = await new DicomWebClient(`${baseUrl}/dicom-web`).search(`/studies?StudyInstanceUID=${study.uid}&includefield=${numberOfStudyRelatedInstances}`);
  const count = Number(counted?.[numberOfStudyRelatedInstances]?.Value?.[0] ?? 0);
  return count === expected.length ? wrong : [...wrong, `study ${study.uid}: it is said to have ${count} instances, expected ${expected.length}.`];
};
