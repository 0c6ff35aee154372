import { sign, type S3Access } from '@isocenter/deploy';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { profile } from '../support/archive.js';

/** A place that imports come from, as who owns it fills it. */
export interface ImportOrigin {
  readonly name: string;
  /** The setting that names it; and texts of it that nobody else is told. */
  readonly env: { readonly IMPORT_SOURCES: string };
  readonly hidden: readonly string[];
  readonly write: (name: string, bytes: Buffer) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface FolderOrigin extends ImportOrigin {
  readonly folder: string;
}

/** A folder; on the stack another bucket of its object store. */
export const newOrigin = (): Promise<ImportOrigin> => (profile === 'stack' ? newBucketOrigin() : newFolderOrigin());

/** A folder of this machine, which the processes of both profiles share. */
export async function newFolderOrigin(): Promise<FolderOrigin> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-import-'));
  return {
    name: 'Origin', folder, hidden: [folder], env: { IMPORT_SOURCES: JSON.stringify([{ name: 'Origin', type: 'file', folder }]) },
    write: async (name, bytes) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As signatures have it. */
const encode = (name: string): string => encodeURIComponent(name).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** It goes with the server. */
async function newBucketOrigin(): Promise<ImportOrigin> {
  const { S3_ENDPOINT: endpoint = '', S3_REGION: region = 'us-east-1', S3_ACCESS_KEY: accessKey = '', S3_SECRET_KEY: secretKey = '' } = process.env;
  const access: S3Access = { endpoint, region, accessKey, secretKey };
  const bucket = `import-${randomBytes(6).toString('hex')}`;
  const put = async (path: string, body?: Buffer): Promise<void> => {
    const url = new URL(`${endpoint}/${bucket}${path.split('/').map(encode).join('/')}`);
    const response = await fetch(url, { method: 'PUT', headers: sign('PUT', url, access, new Date(), 'UNSIGNED-PAYLOAD'), ...(body && { body: new Uint8Array(body) }), signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path} could not be put: ${response.status}`);
  };
  await put('');
  return {
    name: 'Origin', hidden: [bucket, secretKey], env: { IMPORT_SOURCES: JSON.stringify([{ name: 'Origin', type: 's3', bucket, ...access }]) },
    write: (name, bytes) => put(`/${name}`, bytes),
    remove: async () => undefined,
  };
}
