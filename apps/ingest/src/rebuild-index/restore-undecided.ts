import type { StoreInstance } from '@isocenter/commands';
import { unlessAborted } from '@isocenter/operations';
import { ObjectExistsError, ObjectNotFoundError, parseInstanceKey, type ListedObject, type ObjectStore } from '@isocenter/object-store';
import { listPage } from '../list-page.js';
import { findUnknown } from '../release-objects/remove-orphans.js';
import { describeObject, type Described } from './describe-object.js';
import { copyObject, moveObject, QUARANTINE, UNDECIDED } from './move-object.js';
import type { PhaseStep, RebuildContext } from './rebuild-context.js';
import { MOST_TOLD } from './rebuild-progress.js';

/** Objects that one step takes. */
const PAGE = 64;

/** Accepts what a person decided to: each undecided instance is stored now, as a new change, unless its place is taken. What is not accepted is put where nobody reads it. */
export const restoreUndecided: PhaseStep = async (progress, context) => {
  let { accepted, quarantined, failed } = progress;
  const failures = [...progress.failures];
  const page = await listPage(context.ports.objects, PAGE, { prefix: UNDECIDED });
  if (page.length === 0) return { phase: 'digest' };
  for (const object of page) {
    if (context.signal.aborted) return undefined;
    const why = await accept(object, context);
    if (why === undefined) return undefined;
    if (why === '') {
      accepted += 1;
      continue;
    }
    quarantined += 1;
    failed += 1;
    if (failures.length < MOST_TOLD) failures.push(why);
  }
  return { accepted, quarantined, failed, failures };
};

type Asked = Pick<StoreInstance, 'type' | 'id' | 'partition' | 'mode' | 'storedBy'>;

/** '' when it is accepted, else why not; undefined when it was broken off. */
async function accept({ key, size }: ListedObject, { ports, options, operation, signal }: RebuildContext): Promise<string | undefined> {
  const { store, objects, commands } = ports;
  const objectKey = key.slice(UNDECIDED.length);
  const of = parseInstanceKey(objectKey);
  const quarantine = async (why: string): Promise<string> => {
    await moveObject(objects, key, `${QUARANTINE}${objectKey}`);
    return `${of ? `${of.studyInstanceUid}/${of.seriesInstanceUid}/${of.sopInstanceUid}` : objectKey}: ${why}`;
  };
  if (!of) return quarantine('It is no object of an instance.');
  const asked = { type: 'store-instance' as const, id: `restore/${of.version}`, partition: of.partition, mode: 'create' as const, storedBy: operation.createdBy };
  const putObjects = async (): Promise<Described<Asked> | string> => {
    await copyObject(objects, key, objectKey).catch((error: unknown) => {
      if (!(error instanceof ObjectExistsError)) throw error;
    });
    const isThere = (await findUnknown([objectKey], store)).length === 0;
    return describeObject<Asked>(asked, { version: of.version, objectKey, size, study: of.studyInstanceUid, series: of.seriesInstanceUid, sop: of.sopInstanceUid }, objects, options, isThere);
  };
  const described = await putObjects();
  if (typeof described === 'string') return quarantine(described);
  const decisions = await unlessAborted(commands.askAll([{ command: described.command, body: described.body }]), signal);
  const decision = decisions?.[0];
  if (!decision) return undefined;
  if (decision.kind !== 'created') return quarantine(`Its place is taken; the command was decided as '${decision.kind}'.`);
  // The sweep knows the version, and not the id of this command: what it took before there was a row is put once more.
  const { metadataKey, frameTableKey } = described.command;
  if (!(await areThere([objectKey, metadataKey, frameTableKey], objects))) {
    const again = await putObjects();
    if (typeof again === 'string') return quarantine(again);
  }
  await objects.remove([key]);
  return '';
}

async function areThere(keys: readonly (string | undefined)[], objects: ObjectStore): Promise<boolean> {
  try {
    for (const key of keys) if (key !== undefined) await objects.stat(key);
    return true;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return false;
    throw error;
  }
}
