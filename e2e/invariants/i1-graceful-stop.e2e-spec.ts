import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { newArchiveData, startArchive } from '../support/archive.js';
import { nativeMultiframe } from '../support/synthetic-instance.js';
import { settledState } from './stored-state.js';
import { until } from './until.js';

describe('I1 acknowledged means kept: the process is told to stop', () => {
  it('given uploads, a retrieve and a change feed stream in flight at SIGTERM, then new connections are refused, what is in flight is finished, the process ends by itself, and all is there after a restart', async () => {
    const data = await newArchiveData();
    const first = await startArchive({ data });
    try {
      const large = identityOf('stop', 'series', 'large');
      const file = Buffer.concat([...nativeMultiframe(large, 32, 512, 1024)]);
      expect((await call(`${first.baseUrl}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: file })).status).toBe(200);

      const uploads = Array.from({ length: 12 }, (_none, at) => beginUpload(first.baseUrl, smallInstance(identityOf('stop', 'series', String(at)))));
      const reading = request(`${first.baseUrl}/dicom-web${instancePath(large)}`, { agent: false }).end();
      const [answer] = (await once(reading, 'response')) as [IncomingMessage];
      const stream = request(`${first.baseUrl}/v2/changefeed/stream`, { agent: false }).end();
      const [events] = (await once(stream, 'response')) as [IncomingMessage];
      events.resume();
      // They have been taken when others that came later are answered.
      await Promise.all(uploads.map(({ begun }) => begun));
      expect((await call(`${first.baseUrl}/dicom-web/studies`)).status).toBe(200);

      process.kill(first.front.pid, 'SIGTERM');
      await until('no new connection is taken', () => call(`${first.baseUrl}/health/live`, { headers: { connection: 'close' } }).then(() => false, () => true));
      expect(first.front.running).toBe(true);
      const statuses = await Promise.all(uploads.map(({ finish }) => finish()));
      const received: Buffer[] = [];
      for await (const chunk of answer) received.push(chunk as Buffer);
      expect(statuses).toEqual(uploads.map(() => 200));
      expect(Buffer.concat(received).equals(file)).toBe(true);
      await until('the process has ended', () => !first.front.running);
      await first.stop();
      expect(first.log).not.toMatch(/unknown error|stopped by an error/);

      const second = await startArchive({ data });
      const { found } = await settledState(second);
      await second.end();
      expect(found).toEqual([large, ...uploads.map((_upload, at) => identityOf('stop', 'series', String(at)))].map(({ sopInstanceUid }) => sopInstanceUid).sort());
    } finally {
      await first.stop();
      await data.remove();
    }
  });
});

/** Sends all but the last bytes; `finish` sends those and resolves with the status. */
const beginUpload = (baseUrl: string, bytes: Buffer): { begun: Promise<unknown>; finish: () => Promise<number> } => {
  const outgoing = request(`${baseUrl}/dicom-web/studies`, { method: 'POST', agent: false, headers: { 'content-type': 'application/dicom', 'content-length': bytes.length } });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  const begun = new Promise((resolve) => outgoing.write(bytes.subarray(0, -10), resolve));
  return {
    begun,
    finish: async () => {
      outgoing.end(bytes.subarray(-10));
      const [response] = await answered;
      response.resume();
      return response.statusCode ?? 0;
    },
  };
};
