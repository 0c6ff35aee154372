import { sign, type S3Access } from '@isocenter/deploy';
import { randomUUID } from 'node:crypto';
import { uidOf } from '../support/uid.js';

/** What a process leaves that dies between an object and its command, but for the bytes: it has to be gone at the end. */
export const leaveOrphans = async (s3: S3Access & { readonly bucket: string }): Promise<void> => {
  const prefix = `%254dicrosoft.%2544efault/${uidOf('orphan', 'study')}/${uidOf('orphan', 'series')}/${uidOf('orphan')}_${randomUUID()}`;
  for (const ending of ['dcm', 'metadata', 'frames']) {
    const url = new URL(`${s3.endpoint}/${s3.bucket}/${prefix}.${ending}`);
    const { ok, status } = await fetch(url, { method: 'PUT', headers: sign('PUT', url, s3, new Date()) });
    if (!ok) throw new Error(`An orphan could not be stored: ${status}.`);
  }
};
