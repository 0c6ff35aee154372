import { describe, expect, it } from '@jest/globals';
import type { OperationRow } from '@isocenter/metadata-store';
import { showOperation } from './show-operation.js';

const row: OperationRow = {
  id: 'ab', type: 'update', partition: 'ward', request: '{}', state: '{"at":1}', status: 'running', percentComplete: 40, results: '{"studyUpdated":1}', error: null, resources: '["studies/1.2"]',
  cancelAsked: 0, holder: 'h', edits: 3, createdBy: 'me', createdAt: '2026-01-01T00:00:00.000Z', lastUpdatedAt: '2026-01-02T00:00:00.000Z',
};
const context = { baseUrl: 'https://host/v2', dialect: 'azure-v2' } as const;

describe('showOperation', () => {
  it('given one that runs, then what it is, how far it is and where what it works on is', () => {
    expect(showOperation(row, context)).toEqual({
      ended: false,
      shown: {
        operationId: 'ab', type: 'update', createdTime: row.createdAt, lastUpdatedTime: row.lastUpdatedAt, status: 'running', percentComplete: 40,
        resources: ['https://host/v2/studies/1.2'], results: { studyUpdated: 1 },
      },
    });
  });

  it.each([['azure-v2', 'succeeded'], ['azure-v1', 'completed']] as const)('given %s and one that succeeded, then %s', (dialect, status) => {
    expect(showOperation({ ...row, status: 'succeeded' }, { ...context, dialect })).toMatchObject({ ended: true, shown: { status } });
  });

  it('given the removal of a query tag, then a type that clients of the dialect know', () => {
    expect(showOperation({ ...row, type: 'delete-query-tag' }, context)).toMatchObject({ shown: { type: 'reindex' } });
  });

  it('given one that failed, then why', () => {
    expect(showOperation({ ...row, status: 'failed', error: 'No.', results: null }, context)).toMatchObject({ ended: true, shown: { status: 'failed', error: 'No.' } });
  });
});
