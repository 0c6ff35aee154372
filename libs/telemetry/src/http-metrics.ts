import { counter, histogram } from './metrics.js';

const requests = counter('http_requests_total', 'HTTP requests answered');
const durations = histogram('http_request_duration_seconds', 'Seconds from the head of a request to the end of its answer');

/** `route` is the template, or `none` where no route matched; `status` 499 when the client went away. */
export function countHttpRequest(service: string, method: string, route: string, status: number, seconds: number): void {
  const labels = { service, method, route, status: String(status) };
  requests.add(1, labels);
  durations.record(seconds, labels);
}
