import { type ServerResponse } from 'node:http';

/**
 * Any origin may read, because nothing here is allowed by a cookie: who may read is decided by the Authorization header,
 * which a page must have. Cross-Origin-Resource-Policy lets viewers under COEP `require-corp` load images.
 */
const always = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Type, ETag, Content-Range, Accept-Ranges, Warning, Location, Retry-After, erroneous-dicom-attributes, api-supported-versions',
  'cross-origin-resource-policy': 'cross-origin',
};

const preflight = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Range, If-Range, If-None-Match, msdicom-request-original',
  'access-control-max-age': '7200',
};

/**
 * Sets the headers of the Fetch standard on the raw response, before anything is decided: so errors have them too, and
 * so has what a service in this process answers.
 */
export function allowCrossOrigin(response: ServerResponse): void {
  for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
}

/** Answers OPTIONS, preflight or not. `allow` is what the route table has at the path. */
export function answerOptions(response: ServerResponse, allow: readonly string[]): void {
  allowCrossOrigin(response);
  const methods = [...allow, 'OPTIONS'].join(', ');
  response.writeHead(204, { ...preflight, allow: methods, 'access-control-allow-methods': methods }).end();
}
