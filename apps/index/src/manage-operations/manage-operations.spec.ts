import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOperation } from '@isocenter/operations';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { ManageOperations } from './manage-operations.js';

describe('ManageOperations', () => {
  let ports: OpenPorts;
  let operations: ManageOperations;
  beforeEach(async () => {
    ports = await openPorts();
    operations = new ManageOperations(ports.store);
  });
  afterEach(() => ports.close());

  it('given one that has not ended, then a cancel is asked for, however often', async () => {
    const id = await startOperation(ports.store, { type: 'count', request: {}, createdBy: 'me' });
    await operations.cancel(id.toUpperCase());
    await operations.cancel(id);
    expect(await operations.find(id)).toMatchObject({ status: 'notStarted', cancelAsked: 1 });
  });

  it('given one that has ended, then 409 that says how', async () => {
    const id = await startOperation(ports.store, { type: 'count', request: {}, createdBy: 'me' });
    await ports.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, set: { status: 'succeeded' } }] });
    await expect(operations.cancel(id)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('succeeded') });
  });

  it('given one that is not there, then 404', async () => {
    await expect(operations.find('0')).rejects.toMatchObject({ status: 404 });
    await expect(operations.cancel('0')).rejects.toMatchObject({ status: 404 });
  });
});
