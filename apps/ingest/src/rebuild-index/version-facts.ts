import type { OriginalVersion } from '@isocenter/commands';
import type { ChangeRecord } from '@isocenter/journal';

/** What the journal says of a version that is to be brought back; JSON in its row of `restorations`. */
export interface RestorationFacts {
  readonly objectKey: string;
  readonly size: number;
  readonly sha256: string;
  readonly storedBy: string;
  readonly storedAt: string;
  /** Orders of store of study, series and instance. */
  readonly ordinals: readonly [number, number, number];
  readonly updateId?: string;
  readonly original?: OriginalVersion;
}

/** Undefined when the record does not say where the object is. Journals of before do not have all of it: then it follows from the order of the changes. */
export function factsOf({ sequence, decidedAt, detail }: ChangeRecord): RestorationFacts | undefined {
  const { objectKey, size, sha256, storedBy = '', storedAt = new Date(decidedAt).toISOString(), ordinals, updateId } = detail;
  if (objectKey === undefined || size === undefined || sha256 === undefined) return undefined;
  const [study, series, instance] = ordinals ?? [];
  // Below all that a clock gives, and each once.
  const orders = study !== undefined && series !== undefined && instance !== undefined ? [study, series, instance] as const : [3 * sequence, 3 * sequence + 1, 3 * sequence + 2] as const;
  return { objectKey, size, sha256, storedBy, storedAt, ordinals: orders, ...(updateId !== undefined && { updateId }) };
}
