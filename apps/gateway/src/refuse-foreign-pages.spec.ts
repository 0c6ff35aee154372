import { Forbidden } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { refuseForeignPages } from './refuse-foreign-pages.js';

const check = (headers: Record<string, string>) => () => refuseForeignPages({ headers, socket: {} } as unknown as IncomingMessage);

describe('refuseForeignPages', () => {
  it.each([
    [{}], [{ host: '127.0.0.1:8080' }], [{ host: 'localhost' }], [{ host: '[::1]:8080' }],
    [{ host: 'localhost:8080', origin: 'http://localhost:3000' }],
    [{ host: '127.0.0.1:8080', origin: 'https://pacs.example', 'x-forwarded-host': 'pacs.example', 'x-forwarded-proto': 'https' }],
  ])('given %j, then it passes', (headers) => {
    expect(check(headers as Record<string, string>)).not.toThrow();
  });

  it.each([
    [{ host: '127.0.0.1:8080', origin: 'https://evil.example' }],
    [{ host: '127.0.0.1:8080', origin: 'null' }],
    [{ host: 'evil.example:8080' }],
    [{ host: 'evil.example', origin: 'http://evil.example' }],
    [{ host: 'evil.example', origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' }],
    [{ host: '127.0.0.1.evil.example' }],
  ])('given %j, then it is refused', (headers) => {
    expect(check(headers as Record<string, string>)).toThrow(Forbidden);
  });
});
