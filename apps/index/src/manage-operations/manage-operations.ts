import { Conflict, NotFound } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore, type OperationRow } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import { hasEnded } from './show-operation.js';

/** Long work as clients see it; carried out by the services that it belongs to. */
@Injectable()
export class ManageOperations {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore) {}

  async find(id: string): Promise<OperationRow> {
    const row = await this.store.findOperation(id.toLowerCase());
    if (!row) throw new NotFound('There is no operation with this id.');
    return row;
  }

  /** It ends behind the step in hand; what it did until then stays. */
  async cancel(id: string): Promise<void> {
    for (;;) {
      const row = await this.find(id);
      if (hasEnded(row)) throw new Conflict(`The operation has ended (${row.status}); only one that has not can be canceled.`);
      const { committed } = await this.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id: row.id }, expect: { status: row.status }, set: { cancelAsked: 1 } }] });
      if (committed) return;
    }
  }
}
