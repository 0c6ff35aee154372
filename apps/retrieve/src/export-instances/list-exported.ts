import { type InstanceRow } from '@isocenter/metadata-store';
import type { StoredInstances } from '@isocenter/stored-instances';

/** How far an export is. */
export interface Place {
  /** How many of its identifiers are done. */
  readonly identifier: number;
  /** Ordinal of the last instance of the next one that is done, and how many those are. */
  readonly after: number;
  readonly taken: number;
}

/** An instance that is to be exported, or an identifier that names nothing. */
export interface Exported {
  readonly identifier: string;
  readonly row: InstanceRow | undefined;
  /** Behind it. */
  readonly next: Place;
  /** Of all identifiers, 0 to 1. */
  readonly part: number;
}

export const BEGIN: Place = { identifier: 0, after: -1, taken: 0 };

/** What the identifiers name, from a place on, in order; rows are read as they are asked for. */
export async function* listExported(instances: StoredInstances, partition: number, identifiers: readonly string[], from: Place): AsyncGenerator<Exported> {
  for (let at = from.identifier; at < identifiers.length; at += 1) {
    const identifier = identifiers[at]!;
    const [study, series, sop] = identifier.split('/') as [string, string?, string?];
    const scope = { partition, study, series, sop };
    let { after, taken } = at === from.identifier ? from : BEGIN;
    const count = sop !== undefined ? 1 : ((await instances.store.summarizeInstances(scope))?.count ?? 0);
    const end: Place = { ...BEGIN, identifier: at + 1 };
    for await (const row of instances.all(scope, after)) {
      after = row.ordinal;
      taken += 1;
      const next = sop !== undefined ? end : { identifier: at, after, taken };
      yield { identifier: `${row.study}/${row.series}/${row.sop}`, row, next, part: (at + Math.min(1, taken / count)) / identifiers.length };
    }
    if (taken === 0) yield { identifier, row: undefined, next: end, part: (at + 1) / identifiers.length };
  }
}
