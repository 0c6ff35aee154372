import type { Command, Decision, RestoreInstance, StoreInstanceBody } from '@isocenter/commands';
import { unlessAborted } from '@isocenter/operations';
import { setTimeout as pause } from 'node:timers/promises';
import { TooMuchAtOnceError } from '../store-instances/too-much-at-once-error.js';
import { describeObject, type StoredVersion } from './describe-object.js';
import type { RebuildContext, RebuildPorts } from './rebuild-context.js';

/** Objects that are read at the same time. */
const IN_FLIGHT = 16;
/** Whether there is room for one that did not fit. */
const LOOK_AGAIN_MS = 100;

/** An instance whose rows are to be made of its objects. */
export interface Restorable {
  readonly partition: string;
  readonly latest: StoredVersion & Pick<RestoreInstance, 'storedBy' | 'storedAt' | 'ordinals' | 'updateId' | 'original'>;
}

/** What became of one. `failed`: nothing could be made of it. */
export interface Restored {
  readonly kind: 'restored' | 'outdated' | 'failed';
  /** What is wrong, also when it was brought back. */
  readonly why?: string;
  /** Its study is to be refreshed. */
  readonly levelsChanged: boolean;
}

/** What is needed of whoever restores. Its id and the version name the command. */
export interface RestoreContext extends Pick<RebuildContext, 'signal'> {
  readonly ports: Pick<RebuildPorts, 'objects' | 'commands'>;
  readonly options: Pick<RebuildContext['options'], 'budget' | 'maxHeaderBytes'>;
  readonly operation: { readonly id: string };
}

type Sent = { readonly command: Command; readonly body: StoreInstanceBody };
interface Made { readonly sent: readonly Sent[]; readonly why?: string }

/** Instances in the order in which they are to be: described beside each other, commanded in their order. Undefined when it was broken off. */
export async function restoreVersions(instances: readonly Restorable[], context: RestoreContext): Promise<Restored[] | undefined> {
  const made: Made[] = [];
  const left = instances.entries();
  // Those that do not fit beside the others come one after the other, so that one of them always goes on.
  let last: Promise<unknown> = Promise.resolve();
  const alone = (instance: Restorable): Promise<Made> => {
    const next = last.then(() => whenItFits(instance, context));
    last = next.catch(() => undefined);
    return next;
  };
  const lane = async (): Promise<void> => {
    for (const [at, instance] of left) {
      if (context.signal.aborted) return;
      made[at] = await commandsOf(instance, context).catch((error: unknown) => (error instanceof TooMuchAtOnceError ? alone(instance) : madeOf(error)));
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
  const failed = ended.find((one) => one.status === 'rejected');
  if (context.signal.aborted) return undefined;
  if (failed) throw failed.reason;
  const decisions = await unlessAborted(context.ports.commands.askAll(made.flatMap(({ sent }) => sent)), context.signal);
  if (!decisions) return undefined;
  let next = 0;
  return made.map(({ sent, why }) => {
    // The last command of an instance is that of its latest version.
    const decision = sent.length === 0 ? undefined : decisions[(next += sent.length) - 1]!;
    return outcomeOf(decision, why);
  });
}

/** Tried until there is room; what else the process does may take all of it for a while. */
async function whenItFits(instance: Restorable, context: RestoreContext): Promise<Made> {
  for (;;) {
    try {
      return await commandsOf(instance, context);
    } catch (error) {
      if (!(error instanceof TooMuchAtOnceError)) return madeOf(error);
      if (context.signal.aborted) throw error;
    }
    await pause(LOOK_AGAIN_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

/** What does not pass by itself is of this instance alone; the others go on. */
function madeOf(error: unknown): Made {
  if (!(error instanceof Error) || (error as { retriable?: boolean }).retriable === true) throw error;
  return { sent: [], why: `It could not be described (${error.name}).` };
}

function outcomeOf(decision: Decision | undefined, why: string | undefined): Restored {
  if (decision?.kind === 'restored') return { kind: 'restored', levelsChanged: decision.levelsChanged === true, ...(why !== undefined && { why }) };
  if (decision?.kind === 'outdated') return { kind: 'outdated', levelsChanged: false };
  return { kind: 'failed', levelsChanged: false, why: why ?? (decision?.kind === 'failed' ? decision.text : `Its command was decided as '${decision?.kind}'.`) };
}

/** The original first, so that no instance is there without it. */
async function commandsOf({ partition, latest }: Restorable, { ports, operation, options }: RestoreContext): Promise<Made> {
  const { original, storedBy, storedAt, ordinals, updateId } = latest;
  const asked = (version: string, more: Pick<RestoreInstance, 'part'> & Partial<RestoreInstance>) => ({ type: 'restore-instance' as const, id: `${operation.id}/${version}`, partition, storedBy, ...more });
  // In place: made anew in the rows that it has.
  const isThere = ordinals === undefined;
  const described = await describeObject(asked(latest.version, { part: 'latest', ordinals, updateId, original }), latest, ports.objects, options, isThere);
  if (typeof described === 'string') return { sent: [], why: described };
  const command: RestoreInstance = { ...described.command, storedAt };
  const sent: Sent = { command, body: described.body };
  const why = described.damaged ? 'Its bytes are not those that were stored.' : undefined;
  if (!original) return { sent: [sent], why };
  const first = await describeObject(asked(original.version, { part: 'original' }), { ...latest, ...original }, ports.objects, options, isThere);
  if (typeof first === 'string') return { sent: [sent], why: `What was sent first cannot be brought back. ${first}` };
  return { sent: [{ command: first.command, body: first.body }, sent], why: why ?? (first.damaged ? 'The bytes of what was sent first are not those that were stored.' : undefined) };
}
