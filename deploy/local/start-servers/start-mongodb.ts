import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MongodbProgram } from '../get-servers/get-mongodb.js';
import { initiateReplicaSet, isPrimary } from './ask-mongodb.js';
import { Server } from './server.js';

/** Name of the replica set: transactions need one, also of a single member. */
export const replicaSet = 'rs0';

export interface MongodbPlace {
  readonly program: MongodbProgram;
  readonly folder: string;
  readonly port: number;
  /** Where clients are told to find it; it reaches itself there too. */
  readonly toldPort: number;
}

/** MongoDB, the only member of its replica set. */
export async function startMongodb({ program, folder, port, toldPort }: MongodbPlace): Promise<Server> {
  await mkdir(join(folder, 'db'), { recursive: true });
  return Server.start({
    name: 'mongodb', address: `127.0.0.1:${port}`, port, command: program.mongod, env: { LD_LIBRARY_PATH: program.libraries }, cwd: folder, logFile: join(folder, 'mongodb.log'),
    args: [
      '--replSet', replicaSet, '--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket', '--dbpath', join(folder, 'db'),
      '--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '512', '--quiet', '--setParameter', 'diagnosticDataCollectionEnabled=false',
      // A process that is killed inside of a transaction leaves its locks behind for so long; by default it is a minute.
      '--setParameter', 'transactionLifetimeLimitSeconds=10',
    ],
    isReady: async () => {
      if (await isPrimary(port)) return true;
      await initiateReplicaSet(port, replicaSet, toldPort);
      return false;
    },
  });
}
