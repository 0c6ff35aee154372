import { createConnection, type Connection, type mongo } from 'mongoose';
import { MetadataStoreSetupError } from '../errors.js';
import { CausalReads } from './causal-reads.js';
import { wrapSetupError } from './mongo-errors.js';

/** How long a call waits for a primary; then the store is away. */
const SELECTION_MS = 3_000;
/** A server that takes connections and answers nothing is noticed after this and SELECTION_MS; calls that wait for it then fail. */
const HEARTBEAT_MS = 2_000;
/** The last resort for a call, longer than every limit that the server is given (see reading.ts). */
const SOCKET_MS = 30_000;

export interface Connected {
  readonly connection: Connection;
  readonly reads: CausalReads;
}

/** One connection pool. Rejects with MetadataStoreUnavailableError, or with MetadataStoreSetupError for what waiting does not mend. */
export async function connect(url: string, database: string | undefined): Promise<Connected> {
  const connection = createConnection();
  // What it says is in the errors of calls too.
  connection.on('error', () => undefined);
  try {
    await connection.openUri(url, {
      ...(database !== undefined && { dbName: database }),
      autoIndex: false, autoCreate: false, bufferCommands: false,
      readPreference: 'primary', readConcern: { level: 'majority' }, writeConcern: { w: 'majority', journal: true },
      retryReads: true, retryWrites: true, ignoreUndefined: false, promoteBuffers: true, promoteLongs: true,
      serverSelectionTimeoutMS: SELECTION_MS, connectTimeoutMS: SELECTION_MS, heartbeatFrequencyMS: HEARTBEAT_MS, socketTimeoutMS: SOCKET_MS,
      appName: 'isocenter',
    });
    const { setName, msg, operationTime } = await connection.db!.command({ hello: 1 });
    if (setName === undefined && msg !== 'isdbgrid') {
      throw new MetadataStoreSetupError('MongoDB runs as a single server without a replica set, and so without transactions. Start it with --replSet and call rs.initiate(); one member is enough.');
    }
    const reads = new CausalReads(connection.getClient());
    reads.advance(operationTime as mongo.Timestamp | undefined);
    return { connection, reads };
  } catch (error) {
    await connection.destroy(true).catch(() => undefined);
    throw wrapSetupError(error);
  }
}
