import { decodeFrameTable, type FrameTable } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import { inlineOrObject } from '@isocenter/object-store';
import { Injectable } from '@nestjs/common';
import { StoredInstances } from './stored-instances.js';

/** Tables kept decoded: a viewer asks for many frames of few instances. */
const KEPT = 256;

/** Frame tables by version, the most recently used ones in memory. */
@Injectable()
export class FrameTables {
  private readonly tables = new Map<string, FrameTable>();

  constructor(private readonly instances: StoredInstances) {}

  /** The table with the row that it is of: the version may have been replaced. Throws NotFound when it was deleted. */
  async of(row: InstanceRow): Promise<{ readonly row: InstanceRow; readonly table: FrameTable }> {
    const known = this.tables.get(row.version);
    if (known) {
      this.tables.delete(row.version);
      this.tables.set(row.version, known);
      return { row, table: known };
    }
    const { partition, study, series, sop, version } = row;
    const { store, objects } = this.instances;
    const metadata = await store.findInstanceMetadata(partition, study, series, sop);
    if (metadata?.version !== version) return this.of(await this.instances.requireLater(row));
    const table = decodeFrameTable(await inlineOrObject(objects, metadata.frameTable, metadata.frameTableKey));
    this.tables.set(version, table);
    if (this.tables.size > KEPT) this.tables.delete(this.tables.keys().next().value!);
    return { row, table };
  }
}
