import type { Authenticate } from '@isocenter/auth';
import { allowCrossOrigin, answerClientError, answerOptions, continueWhenRead, describeAnswer, MAX_URI, stripContext, UriTooLong, wrapError, writeContext, type Service } from '@isocenter/http';
import { ObservedRequest, type Logger } from '@isocenter/telemetry';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerPublicDocument, findPublicDocument } from './api-documents/answer-public-document.js';
import { refuseForeignPages } from './refuse-foreign-pages.js';
import { methodsAt, resolveRequest, supportedVersionsAt } from './resolve-request.js';
import { translateWadoUri } from './translate-wado-uri.js';
import { isOfViewer, type Viewer } from './viewer/viewer.js';

/** Answers a request that the gateway has resolved: in this process, or over HTTP in another one. */
export type ServiceBinding = (request: IncomingMessage, response: ServerResponse) => void;

export interface GatewayOptions {
  readonly authenticate: Authenticate;
  /** No keys are configured: then pages of other sites are kept out. */
  readonly anonymous: boolean;
  /** What the gateway shows to the services. */
  readonly serviceSecret: string;
  readonly services: Readonly<Record<Service, ServiceBinding>>;
  /** Answers /health/…, without credentials. */
  readonly health: ServiceBinding;
  readonly viewer: Viewer;
  readonly log: Logger;
}

/** An upload may take long, but headers may not, and neither may a client that is silent. */
const HEADERS_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 65_000;

/** The public HTTP server: authenticate, authorize, version, partition, dialect, route; each request goes to one service. */
export class Gateway {
  readonly server: Server;

  constructor(private readonly options: GatewayOptions) {
    this.server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: 32 * 1024, noDelay: true }, (request, response) => this.handle(request, response));
    this.server.timeout = IDLE_TIMEOUT_MS;
    this.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      continueWhenRead(request, response);
      this.handle(request, response);
    });
    this.server.on('clientError', answerClientError);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const requestId = randomUUID();
    stripContext(request.headers);
    allowCrossOrigin(response);
    response.setHeader('x-request-id', requestId);
    if (/^\/health\//i.test(request.url ?? '/')) return this.options.health(request, response);
    const document = findPublicDocument(request);
    const asPublic = document ? answerPublicDocument(document, request, response) : isOfViewer(request.url) ? this.options.viewer(request, response) : undefined;
    if (asPublic) return void asPublic.catch((error: unknown) => this.refuse(request, response, error, requestId));
    const observed = new ObservedRequest('gateway', request.method ?? 'GET', request.headers);
    observed.onceEnded(response);
    observed.passOn(request.headers);
    observed.run(() => {
      try {
        this.dispatch(request, response, requestId, observed);
      } catch (error) {
        this.refuse(request, response, error, requestId);
      }
    });
  }

  private dispatch(request: IncomingMessage, response: ServerResponse, requestId: string, observed: ObservedRequest): void {
    const url = request.url ?? '/';
    const supportedVersions = supportedVersionsAt(url);
    if (supportedVersions !== undefined) response.setHeader('api-supported-versions', supportedVersions);
    if (url.length > MAX_URI) throw new UriTooLong(`The URI has ${url.length} characters; allowed are ${MAX_URI}.`);
    if (this.options.anonymous) refuseForeignPages(request);
    if (request.method === 'OPTIONS') return answerOptions(response, methodsAt(url));
    const { route, context, url: inner } = resolveRequest(request, requestId, this.options.authenticate);
    observed.route = route.path;
    writeContext(request.headers, context, this.options.serviceSecret);
    const { service, url: target } = route.path === '/wado' ? translateWadoUri(inner) : { service: route.service, url: inner };
    request.url = target;
    this.options.services[service](request, response);
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
    const known = wrapError(error, requestId);
    if (known.status >= 500) this.options.log.error({ requestId, err: error }, 'request failed in the gateway');
    else this.options.log.info({ requestId, method: request.method, status: known.status }, 'request refused');
    const { status, headers, text } = describeAnswer(known);
    // Nobody will read the body of a refused request.
    if (!request.complete && hasBody(request)) response.setHeader('connection', 'close');
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(request.method === 'HEAD' ? undefined : text);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
