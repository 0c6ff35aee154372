import { createHash } from 'node:crypto';

/** The header without which S3 takes no list of deletions and no rule. */
export const contentMd5 = (body: Buffer): Record<string, string> => ({ 'content-md5': createHash('md5').update(body).digest('base64') });
