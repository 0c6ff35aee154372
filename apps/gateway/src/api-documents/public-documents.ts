import { dialectPolicies, makeApiDocument, writeYaml, type Dialect } from '@isocenter/http';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { docsPage, docsPolicy, docsScript, docsStyle } from './docs-page.js';

/** What anybody may read: no data, no credentials. */
export interface PublicDocument {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly read: () => Promise<Body>;
}

interface Body {
  readonly bytes: Buffer;
  /** Digest of the bytes. */
  readonly version: string;
}

const packagePath = createRequire(import.meta.url).resolve;

const text = (contentType: string, write: () => string, headers?: Readonly<Record<string, string>>): PublicDocument => document(contentType, async () => Buffer.from(write()), headers);
const file = (contentType: string, path: string): PublicDocument => document(contentType, () => readFile(packagePath(path)));

/** Made when it is first asked for, and kept. */
function document(contentType: string, make: () => Promise<Buffer>, headers: Readonly<Record<string, string>> = {}): PublicDocument {
  let made: Promise<Body> | undefined;
  const read = async (): Promise<Body> => {
    const bytes = await make();
    return { bytes, version: createHash('sha256').update(bytes).digest('base64url') };
  };
  return { contentType, headers, read: () => (made ??= read()) };
}

function apiDocument(dialect: Dialect): PublicDocument {
  const { supportedVersions } = dialectPolicies[dialect];
  return text('application/yaml', () => writeYaml(makeApiDocument(dialect)), { ...(supportedVersions !== undefined && { 'api-supported-versions': supportedVersions }) });
}

/** By path in lower case. */
export const publicDocuments: ReadonlyMap<string, PublicDocument> = new Map([
  ['/v2/api.yaml', apiDocument('azure-v2')],
  ['/v1/api.yaml', apiDocument('azure-v1')],
  ['/dicom-web/api.yaml', apiDocument('dicom-web')],
  ['/docs', text('text/html; charset=utf-8', () => docsPage, { 'content-security-policy': docsPolicy, 'referrer-policy': 'no-referrer' })],
  ['/docs/page.css', text('text/css; charset=utf-8', () => docsStyle)],
  ['/docs/page.js', text('text/javascript; charset=utf-8', () => docsScript)],
  ['/docs/swagger-ui.css', file('text/css; charset=utf-8', 'swagger-ui-dist/swagger-ui.css')],
  ['/docs/swagger-ui-bundle.js', file('text/javascript; charset=utf-8', 'swagger-ui-dist/swagger-ui-bundle.js')],
]);
