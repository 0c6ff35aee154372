import { type Answer, type Schema } from './route-description.js';
import { schema, type SchemaName } from './schemas.js';

export const DICOM_JSON = 'application/dicom+json';

export const json = (description: string, name: SchemaName, headers?: Answer['headers']): Answer => ({ description, content: { 'application/json': schema(name) }, ...(headers && { headers }) });
export const dicomJson = (description: string, name: SchemaName, headers?: Answer['headers']): Answer => ({ description, content: { [DICOM_JSON]: schema(name) }, ...(headers && { headers }) });
export const empty = (description: string): Answer => ({ description });

const header = (description: string, required = true): { description: string; schema: Schema; required: boolean } => ({ description, schema: { type: 'string' }, required });

/** Of everything that has a version. */
export const etag = { ETag: header('Strong; names what is answered.') };
export const location = { Location: header('Where what was made can be read, absolute.') };
export const notModified: Answer = { description: 'If-None-Match names what there is.', headers: etag };

/** What an error status means, whichever route answers it. Its body is one sentence of text. */
const errorTexts: Readonly<Record<number, string>> = {
  400: 'A parameter, header or body is not valid: the text names it, its value, and what is allowed.',
  401: 'No API key, or one that is not known.',
  403: 'The key has not the permission, or not for this partition.',
  404: 'There is no such resource.',
  406: 'The Accept header has no form in which the resource exists.',
  409: 'The request contradicts what there is.',
  413: 'The body is larger than allowed.',
  414: 'The URI has more than 8,192 characters.',
  415: 'The Content-Type is not supported here.',
  416: 'The range lies outside of the bytes that there are.',
  424: 'The object store is away; nothing was done.',
  431: 'The header fields are larger than this server reads.',
  500: 'The server met an unknown error; the text has the id under which its log names it.',
  502: 'A service died over the request; whether it was carried out is not known.',
  503: 'The server is busy, or something that it needs is away; the request was not carried out.',
};

/** What every route may answer. */
export const commonErrors: readonly number[] = [400, 401, 403, 414, 431, 500, 502, 503];

const errorHeaders: Readonly<Record<number, Answer['headers']>> = {
  401: { 'WWW-Authenticate': header('Bearer') },
  424: { 'Retry-After': header('Seconds.') },
  503: { 'Retry-After': header('Seconds.') },
};

/** Answers by the names under which operations refer to them. */
export const errorAnswers: Readonly<Record<string, Answer>> = Object.fromEntries(Object.entries(errorTexts).map(([status, description]) => [
  `Error${status}`, { description, content: { 'text/plain': { schema: { type: 'string' } } }, ...(errorHeaders[Number(status)] && { headers: errorHeaders[Number(status)] }) },
]));

/** Throws when the status has no text above. */
export function errorAnswer(status: number): { readonly $ref: string } {
  if (errorTexts[status] === undefined) throw new Error(`Status ${status} has no text; add it to errorTexts in libs/http/src/api-document/answers.ts.`);
  return { $ref: `#/components/responses/Error${status}` };
}
