import type { ChangeRow, NumberedChange } from '@isocenter/metadata-store';
import { detailOf } from '../change-event/change-event.js';

/** Which changes a subscription wants: each list that is there must name the change's own. */
export interface WebhookFilter {
  readonly partitions?: readonly string[];
  /** Code strings, such as CT. */
  readonly modalities?: readonly string[];
  /** UIDs. */
  readonly sopClasses?: readonly string[];
  readonly actions?: readonly ChangeRow['action'][];
}

export function isWanted(change: NumberedChange, { partitions, modalities, sopClasses, actions }: WebhookFilter): boolean {
  const { modality, sopClass } = detailOf(change);
  return names(partitions, change.partitionName) && names(actions, change.action) && names(modalities, modality) && names(sopClasses, sopClass);
}

function names<T>(list: readonly T[] | undefined, value: T | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}
