import { expect, test } from '@jest/globals';
import { tableOf } from './print-table.js';

test('given cells of different width, when the table is printed, then columns stand below each other and no line ends in blanks', () => {
  expect(tableOf([['NAME', 'ADDRESS'], ['kafka', '127.0.0.1:1'], ['a', '']])).toBe('NAME   ADDRESS\nkafka  127.0.0.1:1\na');
});
