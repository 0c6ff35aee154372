import { isIPv4 } from 'node:net';

/** Whether only this machine can connect to the address (RFC 1122 127/8, RFC 4291 ::1, RFC 6761 localhost). */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}
