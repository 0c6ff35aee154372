import { describe, expect, it } from '@jest/globals';
import { printSettings, readSettings } from './index.js';

const file = { name: 'research', type: 'file', folder: '/srv/exports' };
const s3 = { name: 'cloud', type: 's3', endpoint: 'https://s3.example.org/', bucket: 'exports', accessKey: 'name-of-key', secretKey: 'hunter2' };
const read = (value: unknown) => readSettings('standalone', { EXPORT_DESTINATIONS: typeof value === 'string' ? value : JSON.stringify(value) });

describe('EXPORT_DESTINATIONS', () => {
  it('given none, then there are none', () => {
    expect(readSettings('standalone', {}).exportDestinations).toEqual([]);
    expect(printSettings('standalone', readSettings('standalone', {}))).toMatch(/^EXPORT_DESTINATIONS=$/m);
  });

  it('given a folder and a bucket, then they are read, and printed by name and type only', () => {
    const settings = read([file, s3]);
    expect(settings.exportDestinations).toEqual([file, { ...s3, endpoint: 'https://s3.example.org', region: 'us-east-1' }]);
    const printed = printSettings('standalone', settings);
    expect(printed).toMatch(/^EXPORT_DESTINATIONS=research \(file\), cloud \(s3\)$/m);
    for (const hidden of ['hunter2', 'name-of-key', 's3.example.org', '/srv']) expect(printed).not.toContain(hidden);
  });

  it.each<[unknown, RegExp]>([
    ['{', /a JSON list/], [{}, /a JSON list/], [[1], /destination 1 a name/], [[{ ...file, name: 'a/b' }], /destination 1 a name/], [[file, { ...s3, type: 'ftp' }], /destination 2 the type "file" or "s3"/],
    [[{ ...file, folder: 'relative' }], /an absolute path/], [[{ ...file, folder: 7 }], /a text as folder/], [[{ ...file, secretKey: 'hunter2' }], /only name, type, folder/], [[{ ...s3, secretKey: '' }], /a text as secretKey/],
    [[{ ...s3, endpoint: 's3.example.org' }], /as endpoint http/], [[{ ...s3, bucket: '../x' }], /the name of a bucket/], [[{ ...s3, region: 1 }], /a text as region/], [[file, { ...file, name: 'Research' }], /names that differ/],
  ])('given %j, then it is refused by what is allowed, and no value of it is repeated', (value, allowed) => {
    expect(() => read(value)).toThrow(allowed);
    expect(() => read(value)).toThrow(/^(?![^]*hunter2)[^]*EXPORT_DESTINATIONS is not valid; allowed: /);
  });

  it('given a folder in the data of the archive, or its own bucket, then it refuses', () => {
    expect(() => readSettings('standalone', { DATA_DIR: '/srv', EXPORT_DESTINATIONS: JSON.stringify([file]) })).toThrow(/destination "research"[^]*DATA_DIR/);
    expect(() => readSettings('standalone', { DATA_DIR: '/srv/exports/data', EXPORT_DESTINATIONS: JSON.stringify([file]) })).toThrow(/destination "research"[^]*DATA_DIR/);
    const stack = { SERVICE_SECRET: 's'.repeat(32), MONGODB_URL: 'mongodb://mongo/isocenter', S3_ENDPOINT: 'https://s3.example.org', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'key', S3_BUCKET: 'exports', EXPORT_DESTINATIONS: JSON.stringify([s3]) };
    expect(() => readSettings('retrieve', stack)).toThrow(/destination "cloud"[^]*S3_BUCKET/);
    expect(readSettings('retrieve', { ...stack, S3_BUCKET: 'dicom' }).exportDestinations).toHaveLength(1);
  });
});

describe('IMPORT_SOURCES', () => {
  const readSources = (value: unknown, env: Readonly<Record<string, string>> = {}) => readSettings('standalone', { ...env, IMPORT_SOURCES: JSON.stringify(value) });

  it('given a folder and a bucket, then they are read, and printed by name and type only', () => {
    const settings = readSources([file, s3]);
    expect(settings.importSources).toEqual([file, { ...s3, endpoint: 'https://s3.example.org', region: 'us-east-1' }]);
    expect(printSettings('standalone', settings)).toMatch(/^IMPORT_SOURCES=research \(file\), cloud \(s3\)$/m);
  });

  it('given what cannot be, or the data of the archive itself, then the error speaks of a source', () => {
    expect(() => readSources([file, { ...s3, type: 'ftp' }])).toThrow(/of source 2 the type "file" or "s3"/);
    expect(() => readSources([file], { DATA_DIR: '/srv' })).toThrow(/IMPORT_SOURCES has the source "research"[^]*DATA_DIR/);
  });
});
