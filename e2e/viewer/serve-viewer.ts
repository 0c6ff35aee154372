import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { viewerConfig } from './viewer-config.js';

export interface ServedViewer {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff',
};

/** Cross-origin isolation, which SharedArrayBuffer needs: every answer of the archive must then allow being embedded. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Resource-Policy': 'same-origin' };

/**
 * The viewer's files with its history fallback. `archive` is the DICOMweb root that the viewer asks, from another origin;
 * with `sameOrigin` it is passed on below `/archive` instead, for servers that do not do CORS.
 */
export const serveViewer = async (dist: string, archive: string, sameOrigin: boolean): Promise<ServedViewer> => {
  let origin = '';
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://viewer').pathname;
    if (path === '/app-config.js') {
      outgoing.writeHead(200, { ...isolation, 'Content-Type': 'text/javascript' }).end(viewerConfig(sameOrigin ? `${origin}/archive` : archive));
    } else if (sameOrigin && path.startsWith('/archive/')) passOn(incoming, outgoing, archive + (incoming.url ?? '').slice('/archive'.length));
    else void serveFile(dist, path, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { origin, close };
};

const serveFile = async (dist: string, path: string, outgoing: ServerResponse): Promise<void> => {
  const wanted = join(dist, normalize(decodeURIComponent(path)));
  const isFile = wanted.startsWith(dist) && (await stat(wanted).then((found) => found.isFile(), () => false));
  const file = isFile ? wanted : join(dist, 'index.html');
  outgoing.writeHead(200, { ...isolation, 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).on('error', () => outgoing.destroy()).pipe(outgoing);
};

const passOn = (incoming: IncomingMessage, outgoing: ServerResponse, url: string): void => {
  const asked = request(url, { method: incoming.method ?? 'GET', headers: { ...incoming.headers, host: new URL(url).host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  asked.on('error', () => outgoing.destroy());
  incoming.pipe(asked);
};
