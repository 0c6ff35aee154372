import type { Span } from '@opentelemetry/api';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { counter, histogram } from './metrics.js';
import { endSpan, startTrace, traceparentOf, withSpan } from './tracing/spans.js';

const requests = counter('http_requests_total', 'HTTP requests answered');
const durations = histogram('http_request_duration_seconds', 'Seconds from the head of a request to the end of its answer');

/** What nginx calls a request whose client left before the answer ended. */
const CLIENT_CLOSED_REQUEST = 499;

export interface EndedRequest {
  readonly status: number;
  readonly milliseconds: number;
}

/** One request from its head to the end of its answer: counted, timed and traced. */
export class ObservedRequest {
  /** The template, never the path, which has UIDs; `none` where no route matched. */
  route = 'none';
  readonly span: Span | undefined;
  private readonly started = performance.now();

  /** `service` answers the request; `method` is one of those that Node knows, so labels stay few. */
  constructor(private readonly service: string, private readonly method: string, headers: IncomingHttpHeaders) {
    this.span = startTrace(method, textOf(headers.traceparent), { kind: 'SERVER', attributes: { 'http.request.method': method, 'isocenter.service': service } });
  }

  /** Who answers behind this process goes on with the trace. */
  passOn(headers: IncomingHttpHeaders): void {
    if (this.span !== undefined) headers.traceparent = traceparentOf(this.span);
  }

  run<T>(answer: () => T): T {
    return withSpan(this.span, answer);
  }

  /** `close` is the only event that comes both after a whole answer and after a broken connection. */
  onceEnded(response: ServerResponse, then?: (ended: EndedRequest) => void): void {
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
      const ended = { status, milliseconds: performance.now() - this.started };
      this.count(ended);
      if (then !== undefined) this.run(() => then(ended));
      this.endSpan(status);
    });
  }

  private count({ status, milliseconds }: EndedRequest): void {
    const labels = { service: this.service, method: this.method, route: this.route, status: String(status) };
    requests.add(1, labels);
    durations.record(milliseconds / 1000, labels);
  }

  private endSpan(status: number): void {
    if (this.span === undefined) return;
    if (this.route !== 'none') this.span.updateName(`${this.method} ${this.route}`).setAttribute('http.route', this.route);
    this.span.setAttribute('http.response.status_code', status);
    endSpan(this.span, status >= 500 ? String(status) : undefined);
  }
}

/** Sent twice it says nothing (W3C Trace Context, section 3.2). */
function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
