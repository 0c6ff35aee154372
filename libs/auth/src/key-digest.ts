import { createHash, randomBytes } from 'node:crypto';

/**
 * SHA-256 of an API key, hex. A slow password hash guards secrets that people choose; a key is 256 random bits, which
 * nobody can search through however fast one try is, and a slow hash on every request would only slow the server.
 */
export function digestKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** A new key: 256 random bits. The prefix lets secret scanners find keys that were leaked. */
export function newKey(): string {
  return `iso_${randomBytes(32).toString('base64url')}`;
}
