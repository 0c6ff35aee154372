import { type mongo } from 'mongoose';
import { wrapError } from './mongo-errors.js';

/**
 * Reads that see every transaction that was reported committed, from whatever process: on the primary, of what a majority
 * has, and not before a moment. The moment is that of this process's own last transaction, and that at which the primary
 * said last that it is one: a new primary has every committed transaction, but does not know at once that a majority has
 * them, and would answer without the newest.
 */
export class CausalReads {
  private moment: mongo.Timestamp | undefined;

  constructor(private readonly client: mongo.MongoClient) {
    client.on('serverHeartbeatSucceeded', ({ reply }) => {
      if (reply['isWritablePrimary'] === true) this.advance(reply['operationTime'] as mongo.Timestamp | undefined);
    });
  }

  /** Reads from now on see what was written until the moment. */
  advance(moment: mongo.Timestamp | undefined): void {
    if (moment && (!this.moment || moment.greaterThan(this.moment))) this.moment = moment;
  }

  /** Rejects with MetadataStoreUnavailableError. */
  async run<T>(read: (session: mongo.ClientSession) => Promise<T>): Promise<T> {
    let session: mongo.ClientSession | undefined;
    try {
      session = this.client.startSession({ causalConsistency: true });
      if (this.moment) session.advanceOperationTime(this.moment);
      return await read(session);
    } catch (error) {
      throw wrapError(error);
    } finally {
      await session?.endSession();
    }
  }
}
