import { ALREADY_EXISTS, BEING_DELETED, describeReason } from './dicom-reasons.js';
import { type Attempt } from './outcome.js';

export interface StoreAnswer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly location?: string | undefined;
  readonly body: string;
}

type Element = { readonly Value?: readonly unknown[] };
type DataSet = Readonly<Record<string, Element | undefined>>;

const FAILED_SOP_SEQUENCE = '00081198';
const REFERENCED_SOP_SEQUENCE = '00081199';
const WARNING_REASON = '00081196';
const FAILURE_REASON = '00081197';
const FAILED_ATTRIBUTES_SEQUENCE = '00741048';
const ERROR_COMMENT = '00000902';
/** Of the block ISOCENTER: SAME where the bytes were there before. */
const WAS_THERE = '00991002';

const MAX_TEXT = 300;
const MAX_RETRY_AFTER_MS = 300_000;

/** What the answer to a store of one instance means (PS3.18 section 10.5.3 and annex I). */
export function readAnswer(answer: StoreAnswer): Attempt {
  const { status } = answer;
  if (status === 200 || status === 202 || status === 409) return readDataSet(answer);
  if (status >= 300 && status < 400) return { kind: 'hopeless', why: `The archive sends us on to ${answer.location ?? 'another address'}; name that by --url.` };
  if ([401, 403, 404, 405].includes(status)) return { kind: 'hopeless', why: `The archive refuses every upload here: ${said(answer)}${hints[status] ?? ''}` };
  if ([424, 425, 429, 503, 507].includes(status)) return again('away', answer);
  if ([408, 500, 502, 504].includes(status)) return again('broken', answer);
  return { kind: 'failed', why: said(answer) };
}

const hints: Readonly<Record<number, string>> = {
  401: ' Give a key by --key or ISOCENTER_KEY.',
  403: ' The key needs the permission to write, and the partition.',
  404: ' Is --url right?',
  405: ' Is --url right?',
};

function again(because: 'away' | 'broken', answer: StoreAnswer): Attempt {
  const afterMs = readRetryAfter(answer.retryAfter);
  return { kind: 'again', because, why: said(answer), ...(afterMs !== undefined && { afterMs }) };
}

/** Seconds or a date (RFC 9110 section 10.2.3); at most five minutes are waited. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function readDataSet(answer: StoreAnswer): Attempt {
  const dataSet = parse(answer.body);
  const failed = itemOf(dataSet, FAILED_SOP_SEQUENCE);
  if (failed) return readFailed(failed);
  // An archive that says nothing more has stored it, when it says 200.
  if (answer.status === 409) return { kind: 'failed', why: said(answer) };
  const stored = itemOf(dataSet, REFERENCED_SOP_SEQUENCE);
  if (stored && first(stored, WAS_THERE) === 'SAME') return { kind: 'there-already' };
  const warning = stored && first(stored, WARNING_REASON);
  return typeof warning === 'number' ? { kind: 'stored-with-warning', why: reasonAndComments(warning, stored!) } : { kind: 'stored' };
}

function readFailed(item: DataSet): Attempt {
  const reason = Number(first(item, FAILURE_REASON));
  if (reason === ALREADY_EXISTS && commentsOf(item).some((comment) => /\bidentical\b/i.test(comment))) return { kind: 'there-already' };
  const why = reasonAndComments(reason, item);
  return reason === BEING_DELETED ? { kind: 'again', because: 'broken', why } : { kind: 'failed', why };
}

function reasonAndComments(reason: number, item: DataSet): string {
  const comments = commentsOf(item).join(' ');
  return comments === '' ? `${describeReason(reason)}.` : `${describeReason(reason)}: ${cut(comments)}`;
}

function commentsOf(item: DataSet): string[] {
  return (item[FAILED_ATTRIBUTES_SEQUENCE]?.Value ?? []).map((comment) => String(first(comment as DataSet, ERROR_COMMENT) ?? ''));
}

const itemOf = (dataSet: DataSet, tag: string): DataSet | undefined => first(dataSet, tag) as DataSet | undefined;
const first = (dataSet: DataSet, tag: string): unknown => dataSet[tag]?.Value?.[0];

function parse(body: string): DataSet {
  try {
    const value: unknown = JSON.parse(body);
    const dataSet: unknown = Array.isArray(value) ? value[0] : value;
    return typeof dataSet === 'object' && dataSet !== null ? (dataSet as DataSet) : {};
  } catch {
    return {};
  }
}

/** Status and, of a text, its beginning in one line. */
function said({ status, body }: StoreAnswer): string {
  const text = /^\s*[<{[]/.test(body) ? '' : cut(body.replace(/\s+/g, ' ').trim());
  return text === '' ? `HTTP ${status}.` : `HTTP ${status}: ${text}`;
}

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text);
