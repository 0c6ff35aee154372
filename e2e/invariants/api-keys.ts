import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

export interface ApiKey {
  readonly authorization: string;
  readonly entry: { readonly name: string; readonly sha256: string; readonly permissions: readonly string[]; readonly partitions: readonly string[] };
}

export const newKey = (name: string, permissions: readonly string[], partitions: readonly string[] = ['*']): ApiKey => {
  const key = `iso_${randomBytes(32).toString('base64url')}`;
  return { authorization: `Bearer ${key}`, entry: { name, sha256: createHash('sha256').update(key).digest('hex'), permissions, partitions } };
};

export const writeKeys = (path: string, keys: readonly ApiKey[]): Promise<void> => writeFile(path, JSON.stringify({ keys: keys.map(({ entry }) => entry) }));
