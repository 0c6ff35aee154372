import { listKeys, sign, type S3Access } from '@isocenter/deploy';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { profile } from '../support/archive.js';

/** A place that exports go to, as who owns it sees it. */
export interface ExportTarget {
  readonly type: 'file' | 's3';
  readonly name: string;
  /** The setting that names it; and texts of it that nobody else is told. */
  readonly env: { readonly EXPORT_DESTINATIONS: string };
  readonly hidden: readonly string[];
  /** Names of all that is in it, in order, without what is being written. */
  readonly list: () => Promise<readonly string[]>;
  readonly read: (name: string) => Promise<Buffer>;
  readonly remove: () => Promise<void>;
}

/** A folder; on the stack another bucket of its object store. */
export const newExportTarget = (): Promise<ExportTarget> => (profile === 'stack' ? newBucket() : newFolder());

/** A folder of this machine, which the processes of both profiles share. */
export async function newFolder(): Promise<ExportTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-export-'));
  return {
    type: 'file', name: 'Target', env: { EXPORT_DESTINATIONS: JSON.stringify([{ name: 'Target', type: 'file', folder }]) }, hidden: [folder],
    list: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name))).filter((path) => !path.startsWith('.incoming/')).sort();
    },
    read: (name) => readFile(join(folder, name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What remains of it goes with the server. */
async function newBucket(): Promise<ExportTarget> {
  const { S3_ENDPOINT: endpoint = '', S3_REGION: region = 'us-east-1', S3_ACCESS_KEY: accessKey = '', S3_SECRET_KEY: secretKey = '' } = process.env;
  const access: S3Access = { endpoint, region, accessKey, secretKey };
  const bucket = `export-${randomBytes(6).toString('hex')}`;
  return {
    type: 's3', name: 'Target', env: { EXPORT_DESTINATIONS: JSON.stringify([{ name: 'Target', type: 's3', bucket, ...access }]) }, hidden: [bucket, secretKey],
    list: () => listKeys(access, bucket).catch((error: unknown) => (String(error).includes('NoSuchBucket') ? [] : Promise.reject(error as Error))),
    read: async (name) => {
      const url = new URL(`${endpoint}/${bucket}/${name.split('/').map(encodeURIComponent).join('/')}`);
      const response = await fetch(url, { headers: sign('GET', url, access, new Date()), signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`${name} could not be read: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    remove: async () => undefined,
  };
}
