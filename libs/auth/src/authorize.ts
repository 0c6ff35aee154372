import { Forbidden, type Permission, type Principal } from '@isocenter/http';

/**
 * Lets pass who has the permission in the partition. A resource that holds all partitions has none: it needs a principal
 * for all. Throws `Forbidden`.
 */
export function authorize(principal: Principal, permission: Permission, partition: string | undefined): void {
  if (!principal.permissions.includes(permission)) {
    throw new Forbidden(`The permission "${permission}" is missing; these credentials have: ${principal.permissions.join(', ')}.`);
  }
  if (principal.partitions.includes('*') || (partition !== undefined && principal.partitions.includes(partition))) return;
  throw new Forbidden(
    partition === undefined
      ? `The permission "${permission}" is missing for all partitions, which this resource needs.`
      : `The permission "${permission}" is missing in partition ${partition}; these credentials have it in: ${principal.partitions.join(', ')}.`,
  );
}
