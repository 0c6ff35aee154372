import { timingSafeEqual } from 'node:crypto';
import { type Principal, Unauthorized } from '@isocenter/http';
import { isLoopback, type Settings } from '@isocenter/config';
import { type Logger } from '@isocenter/telemetry';
import { digestKey } from './key-digest.js';
import { type KeysFile, openKeysFile } from './keys-file.js';
import { allPermissions } from './parse-keys.js';

/** Finds out who asks, from the Authorization header. Throws `Unauthorized`. */
export type Authenticate = (authorization: string | undefined) => Principal;

/** Whoever asks, while only this machine can. */
export const anonymous: Principal = { name: 'anonymous', permissions: allPermissions, partitions: ['*'] };

/** Chooses by the settings: API keys, or anonymous access while bound to loopback. Throws `KeysFileError`. */
export async function createAuthenticator({ host, apiKeysFile }: Pick<Settings, 'host' | 'apiKeysFile'>, log: Logger): Promise<Authenticate> {
  if (apiKeysFile !== undefined) return authenticateByKey(await openKeysFile(apiKeysFile, log));
  // readSettings refuses this already; access for everybody must not hang on one check.
  if (!isLoopback(host)) throw new Error(`HOST is "${host}" and API_KEYS_FILE is not set: set API_KEYS_FILE, or HOST to 127.0.0.1.`);
  return () => anonymous;
}

export function authenticateByKey(file: KeysFile): Authenticate {
  return (authorization) => {
    const shown = keyOf(authorization);
    if (shown === undefined) throw new Unauthorized('The request has no API key; send one as "Authorization: Bearer <key>".');
    const digest = digestKey(shown);
    const key = file.current().get(digest);
    // The look-up is by digest: what its time tells about the digest of a random key is of no use to guess the key.
    if (key === undefined || !timingSafeEqual(Buffer.from(key.sha256), Buffer.from(digest))) throw new Unauthorized('The API key is not known here.');
    return { name: key.name, permissions: key.permissions, partitions: key.partitions };
  };
}

/** `Authorization: <key>` or `Authorization: Bearer <key>`; schemes match in any letter case (RFC 9110 section 11.1). */
function keyOf(authorization: string | undefined): string | undefined {
  const words = authorization?.trim().split(/\s+/) ?? [];
  if (words.length === 1 && words[0] !== '' && words[0]?.toLowerCase() !== 'bearer') return words[0];
  return words.length === 2 && words[0]?.toLowerCase() === 'bearer' ? words[1] : undefined;
}
