import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startArchive, type Archive } from '../support/archive.js';
import { call } from '../support/http-call.js';

describe('Operations', () => {
  let archive: Archive;
  beforeAll(async () => {
    archive = await startArchive();
  });
  afterAll(() => archive.end());

  it('given an id that is unknown, then 404, for who asks and for who wants to cancel', async () => {
    for (const id of ['0123456789abcdef0123456789abcdef', 'none', '%20']) {
      for (const [version, method] of [['v1', 'GET'], ['v2', 'GET'], ['v2', 'DELETE']] as const) {
        const answer = await call(`${archive.baseUrl}/${version}/operations/${id}`, { method });
        expect([method, id, answer.status, answer.body.toString()]).toEqual([method, id, 404, 'There is no operation with this id.']);
      }
    }
  });
});
