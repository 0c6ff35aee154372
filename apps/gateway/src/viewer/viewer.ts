import { answerOptions, matchesETag, MethodNotAllowed, NotFound, pathOf, queryOf, strongETag } from '@isocenter/http';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeOnce } from './make-once.js';
import { sendFile } from './send-file.js';
import { findViewer, readBuild, type ViewerBuild } from './viewer-files.js';
import { isolation, pageHeaders, viewerConfig, viewerPage } from './viewer-page.js';

/** Answers what begins with /viewer, to anybody: no data, no credentials. Rejects with an IsocenterError. */
export type Viewer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const METHODS = ['GET', 'HEAD'];
const { version: ownVersion } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** Whether a path is the viewer's. */
export function isOfViewer(url: string | undefined): boolean {
  return /^\/viewer(?:[/?]|$)/.test(url ?? '');
}

/** `setting` is VIEWER: `ohif`, `off`, or the address of another viewer; `folder` that of OHIF, where it is installed. */
export function openViewer(setting: string, folder = findViewer()): Viewer {
  const answer = chooseAnswer(setting, folder);
  return async (request, response) => {
    if (request.method === 'OPTIONS') return answerOptions(response, METHODS);
    if (!METHODS.includes(request.method ?? '')) throw new MethodNotAllowed(METHODS);
    return answer(request, response);
  };
}

/** Where the viewer of an archive at `address` is; undefined when there is none. */
export function viewerAddress(setting: string, address: string): string | undefined {
  if (setting === 'ohif') return findViewer() && `${address}/viewer`;
  return setting === 'off' ? undefined : setting;
}

function chooseAnswer(setting: string, folder: string | undefined): Viewer {
  if (setting === 'off') return refuse('There is no viewer here: VIEWER is off.');
  if (setting !== 'ohif') return (request, response) => sendElsewhere(setting, request, response);
  if (folder === undefined) return refuse('The viewer is not installed: it is the optional package @ohif/app. `npm ci` installs it; VIEWER may name another viewer, or be off.');
  const build = makeOnce(() => readBuild(folder));
  return async (request, response) => answerFromBuild(await build(), request, response);
}

const refuse = (why: string): Viewer => async () => {
  throw new NotFound(why);
};

async function sendElsewhere(viewer: string, { url }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!/^\/viewer\/?$/.test(pathOf(url))) throw new NotFound('The viewer is elsewhere; its link is /viewer?StudyInstanceUIDs=….');
  const query = queryOf(url);
  redirect(response, query === '' ? viewer : `${viewer}${viewer.includes('?') ? '&' : '?'}${query}`);
}

async function answerFromBuild(build: ViewerBuild, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = queryOf(request.url);
  const path = pathOf(request.url).slice('/viewer'.length);
  // Relative to /viewer, so that a proxy may have put a path before it.
  if (path === '' || path === '/') {
    const page = namesStudies(query) ? 'viewer' : '';
    if (path === '' || page !== '') return redirect(response, `${path === '' ? 'viewer/' : ''}${page}${query === '' ? '' : `?${query}`}`);
  }
  if (path === '/app-config.js') return sendText(viewerConfig, 'text/javascript; charset=utf-8', request, response);
  const name = path.slice(1);
  const file = build.files.get(name);
  if (file) return sendFile(file, `${build.version}-${ownVersion}`, request, response, { ...isolation, 'x-content-type-options': 'nosniff' });
  // What has no extension is a page of the viewer, which finds out itself which one.
  if (name.includes('.')) throw new NotFound('The viewer has no such file.');
  return sendText(viewerPage(build.page, name.split('/').length - 1), 'text/html; charset=utf-8', request, response);
}

function namesStudies(query: string): boolean {
  return [...new URLSearchParams(query).keys()].some((name) => name.toLowerCase() === 'studyinstanceuids');
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'cache-control': 'no-store', 'content-length': 0 }).end();
}

function sendText(text: string, contentType: string, request: IncomingMessage, response: ServerResponse): void {
  const etag = strongETag(createHash('sha256').update(text).digest('base64url'));
  const headers = { ...isolation, ...pageHeaders, etag, 'cache-control': 'public, no-cache', 'x-content-type-options': 'nosniff' };
  if (matchesETag(request.headers['if-none-match'], etag)) return void response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}
