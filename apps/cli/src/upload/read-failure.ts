import { type Attempt } from './outcome.js';
import { FileChangedError } from './read-pieces.js';
import { NoAnswerError } from './send-instance.js';

const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN', 'ENOTFOUND', 'ETIMEDOUT']);
const BROKEN = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
const NOT_TRUSTED = /CERT|TLS|SSL|EPROTO|^HPE_/;

/** What it means that a request ended without an answer. */
export function readFailure(error: unknown, url: URL): Attempt {
  const { code = '', message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof FileChangedError) return { kind: 'failed', why: error.message };
  if (error instanceof NoAnswerError) return { kind: 'again', because: 'broken', why: error.message };
  // Of several addresses of a host each has its own error, and the same code.
  if (UNREACHABLE.has(code)) return { kind: 'again', because: 'away', why: `Nobody answers at ${url.host} (${code}).` };
  if (BROKEN.has(code)) return { kind: 'again', because: 'broken', why: `The connection to ${url.host} broke (${code}).` };
  if (NOT_TRUSTED.test(code)) return { kind: 'hopeless', why: `No secure connection to ${url.host}, or none of HTTP: ${message} (${code}). NODE_EXTRA_CA_CERTS names a file of further authorities.` };
  if (syscall === 'read') return { kind: 'failed', why: `It cannot be read: ${message}.` };
  throw error;
}
