import { expect, test } from '@jest/globals';
import { bson } from './ask-mongodb.js';

test('given the examples of the BSON specification, when they are written, then the bytes are those printed there', () => {
  expect(bson({ hello: 'world' }).toString('latin1')).toBe('\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0');
});

test('given an array of documents, when it is written, then its elements are named by number', () => {
  expect(bson({ a: [{ b: 1 }] }).toString('latin1')).toBe('\x1c\0\0\0\x04a\0\x14\0\0\0\x030\0\x0c\0\0\0\x10b\0\x01\0\0\0\0\0\0');
});
