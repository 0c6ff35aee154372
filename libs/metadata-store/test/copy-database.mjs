// What mongodump and mongorestore do, for tests: copies a database as it was at one moment, while it is being written, into another one.
// node copy-database.mjs mongodb://…/from name-of-the-copy
import { createConnection } from 'mongoose';

const [url, to] = process.argv.slice(2);
const AT_ONCE = 500;
/** Numbers keep their types. */
const AS_STORED = { promoteValues: false, promoteLongs: false, promoteBuffers: false };

const connection = await createConnection(url).asPromise();
const client = connection.getClient();
const session = client.startSession({ snapshot: true });
const source = connection.db;
const target = client.db(to);
try {
  for (const { name } of await source.listCollections({ type: 'collection' }, { nameOnly: true }).toArray()) {
    let documents = [];
    const write = async () => {
      if (documents.length > 0) await target.collection(name).insertMany(documents, { ordered: true });
      documents = [];
    };
    for await (const document of source.collection(name).find({}, { session, ...AS_STORED })) if (documents.push(document) === AT_ONCE) await write();
    await write();
    const indexes = (await source.collection(name).indexes()).filter((index) => index.name !== '_id_').map(({ v: _version, ns: _name, ...index }) => index);
    if (indexes.length > 0) await target.command({ createIndexes: name, indexes });
  }
} finally {
  await session.endSession();
  await connection.close();
}
