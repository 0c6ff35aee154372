import { CommandSender, insertDecision } from '@isocenter/commands';
import { ByteBudget, FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { dicomFile, dicomText, openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { restoreVersions, type Restorable, type Restored } from './restore-versions.js';

/** A header of about 60 KB. */
const HEADER = Array.from({ length: 1_000 }, (_none, at): [string, [string, string]] => [`0009${(0x1000 + at).toString(16)}`, ['LO', `a value of some fifty bytes, so that it adds up ${at}`]]);

/** Tells when it refuses bytes. */
class WatchedBudget extends ByteBudget {
  onRefused: (times: number) => void = () => undefined;
  private times = 0;

  override share(): ReturnType<ByteBudget['share']> {
    const { grow, release } = super.share();
    return { release, grow: (to) => {
      const fits = grow(to);
      if (!fits) this.onRefused(this.times += 1);
      return fits;
    } };
  }
}

describe('restoreVersions', () => {
  let ports: OpenPorts;
  let commands: CommandSender;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    ports = await openPorts();
    commands = new CommandSender(ports.eventLog, ports.store);
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
  });
  afterEach(async () => {
    commands.close();
    await objects.close();
    await ports.close();
  });

  /** The command that will be sent of it is decided already. */
  const given = async (sop: string): Promise<Restorable> => {
    const objectKey = instanceKey({ partition: 'p', studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: sop }, `v${sop}`);
    const bytes = dicomFile({ dataSet: dicomText({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080018': ['UI', sop], '00090010': ['LO', 'ACME'], ...Object.fromEntries(HEADER), '0020000d': ['UI', '1'], '0020000e': ['UI', '2'] }) });
    await objects.put(objectKey, bytes);
    await ports.store.commit({ writes: [insertDecision(`op/v${sop}`, { kind: 'restored' })] });
    return { partition: 'p', latest: { study: '1', series: '2', sop, version: `v${sop}`, objectKey, size: bytes.length, storedBy: '', storedAt: 'then', original: undefined } };
  };
  const restore = (instances: readonly Restorable[], budget: ByteBudget): Promise<Restored[] | undefined> =>
    restoreVersions(instances, { ports: { objects, commands }, options: { budget, maxHeaderBytes: 1_000_000 }, operation: { id: 'op' }, signal: new AbortController().signal });
  const kinds = (outcomes: Restored[] | undefined): unknown => outcomes?.map(({ kind, why }) => why ?? kind);

  it('given more headers at a time than there is room for, then those that do not fit wait, and all come back', async () => {
    const instances = await Promise.all(Array.from({ length: 12 }, (_none, at) => given(`3.${at}`)));
    const budget = new WatchedBudget(100_000);
    const other = budget.share();
    expect(other.grow(100_000)).toBe(true);
    // Others of the process hold all of it until each instance was refused.
    budget.onRefused = (times) => {
      if (times === instances.length) other.release();
    };
    expect(kinds(await restore(instances, budget))).toEqual(instances.map(() => 'restored'));
    expect(budget.used).toBe(0);
  });

  it('given one whose key no object can have, then it failed, and the others come back', async () => {
    const [one, other] = [await given('3'), await given('4')];
    expect(kinds(await restore([{ ...one, latest: { ...one.latest, objectKey: '../etc' } }, other], new ByteBudget(1_000_000)))).toEqual(['It could not be described (TypeError).', 'restored']);
  });
});
