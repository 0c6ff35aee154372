import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { settingsTable } from '@isocenter/config';
import { workspace } from '../local/workspace.js';
import { describeSetting } from './describe-setting.js';
import { generatedFiles } from './generated-files.js';

test.each(Object.entries(generatedFiles))('given the table of settings, then %s is what `npm run settings` makes of it', (name, make) => {
  const text = readFileSync(join(workspace, name), 'utf8');
  expect(make(text)).toBe(text);
});

describe('describeSetting', () => {
  test.each([
    [settingsTable.port, { type: 'integer', minimum: 0, maximum: 65_535 }],
    [settingsTable.maxUploadBytes, { type: 'integer', minimum: 1 }],
    [settingsTable.kafkaTls, { type: 'boolean' }],
    [settingsTable.s3Sse, { enum: ['off', 'aes256', 'kms'] }],
    [settingsTable.kafkaBrokers, { type: 'string' }],
    [settingsTable.s3Region, { type: 'string' }],
  ])('given $name, then the chart knows what it may be', (row, schema) => {
    expect(describeSetting(row).schema).toEqual({ ...schema, description: row.text });
  });

  test('given a secret, then none is shown as its standard', () => {
    expect(describeSetting(settingsTable.serviceSecret).standard).toBe('');
  });
});
