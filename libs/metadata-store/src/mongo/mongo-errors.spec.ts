import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { inspect } from 'node:util';
import { isOutcomeUnknown, isTransient, wrapError, wrapSetupError } from './mongo-errors.js';

const server = (code: number, codeName: string, errmsg: string): mongo.MongoServerError => new mongo.MongoServerError({ ok: 0, code, codeName, errmsg, message: errmsg });

describe('errors of MongoDB', () => {
  it.each<[Error, string]>([
    [server(50, 'MaxTimeMSExpired', 'operation exceeded time limit'), 'MetadataStoreUnavailableError'],
    [server(10107, 'NotWritablePrimary', 'not primary'), 'MetadataStoreUnavailableError'],
    [new mongo.MongoNetworkError('connection 1 to 127.0.0.1:27017 closed'), 'MetadataStoreUnavailableError'],
    [new mongo.MongoNotConnectedError('closed'), 'MetadataStoreUnavailableError'],
    [server(11000, 'DuplicateKey', 'E11000 duplicate key error'), 'TransactionRefusedError'],
    [server(10334, 'BSONObjectTooLarge', 'too large'), 'TransactionRefusedError'],
  ])('given %s, then %s', (error, name) => {
    expect(wrapError(error)).toMatchObject({ name });
  });

  it('given texts that hold values of a row, then the error says the index, not the values', () => {
    const error = wrapError(server(11000, 'DuplicateKey', 'E11000 duplicate key error collection: isocenter.nameWords index: _id_ dup key: { _id: { word: "secretname" } }'));
    expect(error).toMatchObject({ message: expect.stringContaining('DuplicateKey (11000, index _id_)') });
    expect(inspect(error, { depth: 9 })).not.toContain('secretname');
  });

  it('given an address with a password, then it is not in the error', () => {
    for (const wrap of [wrapError, wrapSetupError]) {
      const error = wrap(new mongo.MongoNetworkError('connect ECONNREFUSED mongodb://user:secret@host:27017/x and user:secret@host'));
      expect(inspect(error, { depth: 9 })).not.toContain('secret');
    }
  });

  it('given a mistake of the program, then it stays one', () => {
    const mistake = new TypeError('x is undefined');
    expect(wrapError(mistake)).toBe(mistake);
    expect(wrapSetupError(mistake)).toBe(mistake);
  });

  it('given a commit that fails, then it is unknown unless the transaction is known not to have happened', () => {
    const aborted = server(251, 'NoSuchTransaction', 'gone');
    aborted.addErrorLabel('TransientTransactionError');
    expect([isOutcomeUnknown(aborted), isTransient(aborted)]).toEqual([false, true]);
    expect(isOutcomeUnknown(new mongo.MongoNetworkError('closed'))).toBe(true);
    expect(isOutcomeUnknown(server(13, 'Unauthorized', 'no'))).toBe(false);
  });
});
