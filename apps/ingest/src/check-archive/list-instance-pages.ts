import type { InstanceRow, MetadataStore, PartitionRow } from '@isocenter/metadata-store';

/** Behind what is done of all instances: studies in the order of their first store, partition after partition. */
export interface InstancePlace {
  readonly partition: number;
  /** Ordinal of the last study that is done. */
  readonly afterStudy: number;
  /** Of the study in hand the last instance that is done. */
  readonly afterInstance: number;
}

export interface InstancePage {
  readonly partition: PartitionRow;
  readonly study: string;
  readonly rows: readonly InstanceRow[];
  /** No page of the study follows. */
  readonly last: boolean;
  readonly next: InstancePlace;
}

export const FIRST_PLACE: InstancePlace = { partition: 1, afterStudy: -1, afterInstance: -1 };

const STUDIES = 32;
/** Metadata of up to 256 KiB each are read with them. */
export const INSTANCES = 64;

/** All instances from a place on; rows are read as they are asked for. */
export async function* listInstancePages(store: MetadataStore, from: InstancePlace): AsyncGenerator<InstancePage> {
  for (const partition of await store.listPartitions(from.partition - 1)) {
    let { afterStudy, afterInstance } = partition.key === from.partition ? from : FIRST_PLACE;
    for (;;) {
      const studies = await store.listStudies(partition.key, afterStudy, STUDIES);
      if (studies.length === 0) break;
      for (const { study, ordinal } of studies) {
        for (let last = false; !last;) {
          const rows: readonly InstanceRow[] = await store.listInstances({ partition: partition.key, study }, { afterOrdinal: afterInstance, limit: INSTANCES });
          last = rows.length < INSTANCES;
          afterInstance = last ? -1 : rows.at(-1)!.ordinal;
          afterStudy = last ? ordinal : afterStudy;
          yield { partition, study, rows, last, next: { partition: partition.key, afterStudy, afterInstance } };
        }
      }
    }
  }
}
