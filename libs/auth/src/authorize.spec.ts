import { describe, expect, it } from '@jest/globals';
import { Forbidden, type Permission, type Principal } from '@isocenter/http';
import { authorize } from './authorize.js';

const everywhere: Principal = { name: 'a', permissions: ['read', 'write'], partitions: ['*'] };
const somewhere: Principal = { name: 'b', permissions: ['read'], partitions: ['one', 'two'] };

describe('authorize', () => {
  it.each<[Principal, Permission, string | undefined]>([[everywhere, 'read', 'x'], [everywhere, 'write', undefined], [somewhere, 'read', 'two']])('given %j, then %s in %s is allowed', (principal, permission, partition) => {
    expect(() => authorize(principal, permission, partition)).not.toThrow();
  });

  it.each<[Principal, Permission, string | undefined, RegExp]>([
    [everywhere, 'delete', 'x', /"delete" is missing; these credentials have: read, write/],
    [everywhere, 'admin', undefined, /"admin" is missing/],
    [somewhere, 'read', 'three', /"read" is missing in partition three/],
    [somewhere, 'read', undefined, /"read" is missing for all partitions/],
    [somewhere, 'write', 'one', /"write" is missing/],
  ])('given %j, then %s in %s is forbidden, and the text says what is missing', (principal, permission, partition, text) => {
    expect(() => authorize(principal, permission, partition)).toThrow(Forbidden);
    expect(() => authorize(principal, permission, partition)).toThrow(text);
  });
});
