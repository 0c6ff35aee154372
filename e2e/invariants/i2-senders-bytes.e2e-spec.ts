import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { identityOf, secondaryCapture, smallInstance } from '../http/small-instance.js';
import { element, encapsulatedStart, itemHead, part10Head, sequenceEnd } from '../support/dicom-writer.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { boundary } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { ctInstance, manyElementInstance, type Identity } from '../support/synthetic-instance.js';

let archive: Archive;
let client: DicomWebClient;
beforeAll(async () => {
  archive = await startArchive();
  client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
});
afterAll(() => archive.end());

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const withoutPreamble = (bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(128), bytes.subarray(128)]);

/** Data that looks like the grammar around it. */
const looksLikeMultipart = Buffer.from(`\r\n\r\n--${boundary}x\r\n--${boundary.slice(0, -1)}\r\nContent-Type: application/dicom\r\n\r\n\n--\r\n`.padEnd(400));
const deflatedInstance = (of: Identity): Buffer => {
  const whole = smallInstance(of);
  const head = part10Head(secondaryCapture, of.sopInstanceUid, '1.2.840.10008.1.2.1.99');
  return Buffer.concat([head, deflateRawSync(whole.subarray(part10Head(secondaryCapture, of.sopInstanceUid, '1.2.840.10008.1.2.1').length), { level: 1 })]);
};
const encapsulated = (of: Identity): Buffer => {
  const plain = smallInstance(of, { without: [0x7fe00010] });
  const fragments = [randomBytes(1001 + 1), Buffer.alloc(0), randomBytes(70_000)].flatMap((bytes) => [itemHead(bytes.length), bytes]);
  return Buffer.concat([plain, encapsulatedStart, ...fragments, sequenceEnd]);
};

const cases: readonly (readonly [string, (of: Identity) => Buffer])[] = [
  ['a CT', (of) => Buffer.concat(ctInstance(of))],
  ['a program in the preamble', (of) => smallInstance(of, { preamble: 'MZ\x90 this could run' })],
  ['boundaries, almost, in the data', (of) => smallInstance(of, { with: [element(0x7fe00010, 'OW', looksLikeMultipart)] })],
  ['random pixels', (of) => smallInstance(of, { with: [element(0x7fe00010, 'OW', randomBytes(1_000_002))] })],
  ['values that are not valid', (of) => smallInstance(of, { with: [element(0x00100030, 'DA', 'tomorrow'), element(0x00181000, 'CS', 'lower case, and far too long for a code string')] })],
  ['text in no known character set', (of) => smallInstance(of, { with: [element(0x00080005, 'CS', 'ISO_IR 999'), element(0x00104000, 'LT', Buffer.from([0xff, 0xfe, 0x80, 0x00]))] })],
  ['a header of more than a megabyte', (of) => Buffer.concat(manyElementInstance(of, 16_000))],
  ['a deflated data set', deflatedInstance],
  ['fragments, an empty one among them', encapsulated],
  ['bytes behind the pixel data', (of) => Buffer.concat([smallInstance(of), element(0xfffcfffc, 'OB', Buffer.alloc(1000))])],
];

describe('I2 bytes are the sender\'s', () => {
  it.each(cases)('given %s, when it is retrieved with transfer-syntax=*, then every byte behind the preamble is as it came, and the receipt has its digest', async (name, make) => {
    const of = identityOf(`I2 ${name}`);
    const bytes = make(of);
    const wanted = sha256(withoutPreamble(bytes));
    const { status, body } = await client.store([[bytes]]);
    expect([200, 202]).toContain(status);
    expect(body.toString()).toContain(`"00991001":{"vr":"LO","Value":["${wanted}"]}`);
    const parts = await client.retrieve(instancePath(of));
    expect(parts.map((part) => sha256(part.body))).toEqual([wanted]);
    const single = await call(`${archive.baseUrl}/v2${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
    expect([single.status, Number(single.headers['content-length']), sha256(single.body)]).toEqual([200, bytes.length, wanted]);
  });

  it.each([1, 2, 127, 128, 131, 132, 4096])('given a body that comes in pieces of %i bytes, then the same bytes', async (size) => {
    const of = identityOf('I2 pieces', 'series', String(size));
    const bytes = smallInstance(of, { preamble: 'x'.repeat(128), with: [element(0x7fe00010, 'OW', looksLikeMultipart)] });
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_none, at) => bytes.subarray(at * size, (at + 1) * size));
    expect((await client.storeStream(pieces)).status).toBe(200);
    expect((await client.retrieve(instancePath(of))).map(({ body }) => body.equals(withoutPreamble(bytes)))).toEqual([true]);
  });

  it('given a version that replaces another, then the bytes of the new one, whole, and never a mix', async () => {
    const of = identityOf('I2 replaced');
    const versions = Array.from({ length: 6 }, (_none, at) => smallInstance(of, { with: [element(0x7fe00010, 'OW', Buffer.alloc(300_000 + at * 2, at))] }));
    await client.store([[versions[0]!]]);
    let replacing = true;
    const digests = versions.map(sha256);
    const read = async (): Promise<string[]> => {
      const seen: string[] = [];
      while (replacing) seen.push(...(await client.retrieve(instancePath(of))).map(({ body }) => sha256(body)));
      return seen;
    };
    const reading = [read(), read()];
    for (const bytes of versions.slice(1)) expect((await client.store([[bytes]], 'PUT')).status).toBe(200);
    replacing = false;
    for (const digest of (await Promise.all(reading)).flat()) expect(digests).toContain(digest);
    expect((await client.retrieve(instancePath(of))).map(({ body }) => sha256(body))).toEqual([digests.at(-1)]);
  });
});
