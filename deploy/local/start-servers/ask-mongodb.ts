import { exchange } from './exchange.js';

type Value = string | number | readonly Document[] | Document;
interface Document { readonly [name: string]: Value }

const opMsg = 2013;

/** Sends a command to a database by OP_MSG and gives the answer's BSON. */
async function command(port: number, body: Document, database = 'admin'): Promise<Buffer> {
  const document = bson({ ...body, $db: database });
  const header = Buffer.alloc(21);
  header.writeInt32LE(header.length + document.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opMsg, 12);
  const answer = await exchange(port, Buffer.concat([header, document]), (size) => size.readInt32LE(0));
  return answer.subarray(header.length);
}

/** Whether this server is the primary of its replica set, which takes writes. */
export const isPrimary = async (port: number): Promise<boolean> =>
  // An element of type 8, boolean, with the value true.
  (await command(port, { hello: 1 })).includes('\x08isWritablePrimary\0\x01', 0, 'latin1');

/** Makes the server the one member of a replica set, found at `toldPort`; without effect on a server that is already a member. */
export const initiateReplicaSet = (port: number, name: string, toldPort: number): Promise<Buffer> =>
  command(port, { replSetInitiate: { _id: name, members: [{ _id: 0, host: `127.0.0.1:${toldPort}` }] } });

/** From now until `unlockWrites` nothing is written to any database; reads are answered. */
export const lockWrites = (port: number): Promise<Buffer> => command(port, { fsync: 1, lock: 1 });

export const unlockWrites = (port: number): Promise<Buffer> => command(port, { fsyncUnlock: 1 });

/** All that the database has goes. */
export const dropDatabase = (port: number, name: string): Promise<Buffer> => command(port, { dropDatabase: 1 }, name);

/** BSON of what the commands above are made of: strings, 32-bit numbers, documents, arrays of documents. */
export function bson(document: Document): Buffer {
  const elements = Object.entries(document).map(([name, value]) => {
    const [type, bytes] = element(value);
    return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), bytes]);
  });
  const body = Buffer.concat(elements);
  return Buffer.concat([int32(body.length + 5), body, Buffer.from([0])]);
}

function element(value: Value): readonly [type: number, bytes: Buffer] {
  if (typeof value === 'number') return [0x10, int32(value)];
  if (typeof value === 'string') return [0x02, Buffer.concat([int32(Buffer.byteLength(value) + 1), Buffer.from(`${value}\0`)])];
  if (Array.isArray(value)) return [0x04, bson(Object.fromEntries((value as readonly Document[]).entries()))];
  return [0x03, bson(value as Document)];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
