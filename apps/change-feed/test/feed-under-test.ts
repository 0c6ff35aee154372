import { TOPICS, type EventLog, type StoredRecord } from '@isocenter/event-log';
import { NEVER_UPDATED, type ChangeRow, type InstanceMetadataRow, type InstanceRow, type MetadataStore } from '@isocenter/metadata-store';
import { FilesObjectStore, type ObjectStore } from '@isocenter/object-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { join } from 'node:path';
import { numberChanges } from '../src/number-changes/number-changes.js';

/** A change as `index` announces it: of the study and version that it names. */
export interface Announced {
  readonly study?: string;
  /** Of the study's instances; 1 when absent. */
  readonly instance?: number;
  readonly partition?: number;
  readonly version?: string;
  readonly action?: ChangeRow['action'];
  readonly detail?: object;
}

/** The feed over the real adapters; a test announces changes and reads what is in the topic. */
export class FeedUnderTest {
  private offset = 0;

  private constructor(readonly ports: OpenPorts, readonly objects: ObjectStore, readonly eventLog: EventLog) {}

  /** `eventLog`: another one than that of the ports. */
  static async open(eventLog?: EventLog): Promise<FeedUnderTest> {
    const ports = await openPorts();
    return new FeedUnderTest(ports, await FilesObjectStore.open(join(ports.folder, 'objects')), eventLog ?? ports.eventLog);
  }

  get store(): MetadataStore {
    return this.ports.store;
  }

  /** Changes without a number, in the order given. */
  async announce(...changes: readonly Announced[]): Promise<void> {
    const writes = changes.map(({ study = '1', instance = 1, partition = 1, version = 'v', action = 'create', detail = {} }) => ({
      op: 'insert' as const, table: 'changes' as const,
      row: {
        logPartition: 0, logOffset: this.offset++, place: 0, partition, study, series: `${study}.1`, sop: `${study}.1.${instance}`, version, action, decidedAt: 1,
        detail: JSON.stringify(detail), sequence: null, timestamp: null,
      },
    }));
    await this.store.commit({ writes });
  }

  /** Changes with numbers. */
  async feed(...changes: readonly Announced[]): Promise<void> {
    await this.announce(...changes);
    while (await numberChanges(this.store, async () => true));
  }

  /** The instance that changes of a study are about, with its DICOM JSON. */
  async putInstance(study: string, version: string, metadata: Partial<InstanceMetadataRow>): Promise<void> {
    const key = { partition: 1, study, series: `${study}.1`, sop: `${study}.1.1` };
    const instance: InstanceRow = {
      ...key, ordinal: Number(study), version, objectKey: 'k', size: 1, sha256: 'h', transferSyntax: '1.2.840.10008.1.2.1', sopClass: '1.2.840.10008.5.1.4.1.1.2',
      instanceNumber: null, storedBy: 'me', storedAt: '2026-01-01T00:00:00.000Z', frameCount: 1, studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
    };
    const row: InstanceMetadataRow = { ...key, version, metadata: null, metadataKey: null, marks: Buffer.alloc(0), frameTable: null, frameTableKey: null, bulk: '[]', ...metadata };
    await this.store.commit({ writes: [{ op: 'put', table: 'instances', row: instance }, { op: 'put', table: 'instanceMetadata', row }] });
  }

  /** The topic as it is now, partition by partition. */
  topic(): StoredRecord[][] {
    const partitions: StoredRecord[][] = Array.from({ length: this.ports.eventLog.partitionCount(TOPICS.changeFeed) }, () => []);
    for (const { partition, offset, key, headers, value } of this.ports.file.read('SELECT * FROM log_records WHERE topic = ? ORDER BY partition, offset', [TOPICS.changeFeed.name])) {
      partitions[Number(partition)]!.push({ offset: Number(offset), key: String(key), headers: JSON.parse(String(headers)) as Record<string, string>, value: Buffer.from(value as Uint8Array) });
    }
    return partitions;
  }

  async close(): Promise<void> {
    await this.objects.close();
    await this.ports.close();
  }
}

export function sequenceOf({ headers }: StoredRecord): number {
  return Number(headers.ce_sequence);
}

export function isWatermark({ headers }: StoredRecord): boolean {
  return headers.ce_type === 'isocenter.watermark.v1';
}

/**
 * Reads the topic as its documentation tells consumers to: in each partition what is not above the last sequence is a double.
 * Throws when a watermark comes too early. Resolves with the sequences that remain, and how many were dropped.
 */
export function consumeAsTold(partitions: readonly (readonly StoredRecord[])[], partitionOf: (sequence: number) => number): { sequences: number[]; doubles: number } {
  const sequences: number[] = [];
  let doubles = 0;
  partitions.forEach((records, partition) => {
    let last = 0;
    for (const record of records) {
      const sequence = sequenceOf(record);
      if (isWatermark(record)) {
        const missing = Array.from({ length: Math.max(0, sequence - last) }, (_, at) => last + 1 + at).filter((one) => partitionOf(one) === partition);
        if (missing.length > 0) throw new Error(`The watermark ${sequence} of partition ${partition} stands before ${missing.join()}.`);
      } else if (sequence > last) {
        sequences.push((last = sequence));
      } else {
        doubles += 1;
      }
    }
  });
  return { sequences: sequences.sort((a, b) => a - b), doubles };
}
