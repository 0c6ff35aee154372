import { createHmac, randomBytes } from 'node:crypto';

/** Standard Webhooks: a secret is 24 to 64 bytes in base64 behind this. */
const PREFIX = 'whsec_';
const [MIN_BYTES, MAX_BYTES] = [24, 64];

export function makeSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

export function isSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const { length } = keyOf(text);
  return length >= MIN_BYTES && length <= MAX_BYTES;
}

/** Headers of a delivery: its id, when it was signed (seconds since 1970), and HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`. */
export function signDelivery(secret: string, id: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
