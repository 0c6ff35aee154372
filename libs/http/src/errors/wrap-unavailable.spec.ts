import { describe, expect, it } from '@jest/globals';
import { type Dialect } from '../dialect/dialect.js';
import { wrapUnavailable } from './wrap-unavailable.js';

const named = (name: string): Error => Object.assign(new Error('secret path'), { name });

describe('wrapUnavailable', () => {
  it.each<[string, Dialect | undefined, number]>([
    ['ObjectStoreUnavailableError', 'azure-v2', 424], ['ObjectStoreUnavailableError', 'azure-v1', 424], ['ObjectStoreUnavailableError', 'dicom-web', 503], ['ObjectStoreUnavailableError', undefined, 503],
    ['MetadataStoreUnavailableError', 'azure-v2', 503], ['EventLogUnavailableError', 'azure-v2', 503],
  ])('given %s under %s, then %i with Retry-After, and the text does not repeat the cause', (name, dialect, status) => {
    const cause = named(name);
    expect(wrapUnavailable(cause, dialect)).toMatchObject({ status, retryAfterSeconds: 5, retriable: true, cause, text: expect.not.stringContaining('secret') });
  });

  it.each([[named('ObjectNotFoundError')], [new Error('x')], ['text'], [undefined]])('given %s, then nothing', (error) => {
    expect(wrapUnavailable(error, 'azure-v2')).toBeUndefined();
  });
});
