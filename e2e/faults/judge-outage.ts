import { finding, type Finding } from '../workload/finding.js';
import type { Operation } from '../workload/requests.js';
import type { RequestRecord } from './client-requests.js';
import type { Fault, ServerName } from './plan-faults.js';

/** From when until when something was away, in milliseconds since 1970. */
export interface Outage {
  readonly began: number;
  readonly ended: number;
}

/** What each operation cannot do without. A delete removes objects later. */
const needs: Readonly<Record<Operation, readonly ServerName[]>> = {
  store: ['kafka', 'mongodb', 'minio'], delete: ['kafka', 'mongodb'], bytes: ['mongodb', 'minio'], picture: ['mongodb', 'minio'], metadata: ['mongodb'], search: ['mongodb'], feed: ['mongodb'],
};

/** While a server is away, what does not need it is answered as ever (I8). */
export const judgeOutage = ({ kind, target }: Fault, { began, ended }: Outage, records: readonly RequestRecord[]): Finding[] => {
  if (kind !== 'kill' && kind !== 'pause' && kind !== 'fill-disk') return [];
  const within = records.filter((record) => record.began >= began && record.ended <= ended);
  const isServer = target === 'kafka' || target === 'mongodb' || target === 'minio';
  if (!isServer) return [];
  return within.filter(({ operation, outcome }) => !needs[operation].includes(target) && outcome !== 'answered')
    .map(({ operation, outcome, status }) => finding('unanswered', `While ${target} was away, which a ${operation} does not need, one was ${outcome}${status === undefined ? '' : ` with ${status}`}.`));
};

/** Whatever happens, a request comes to an end; and none but an answer while nothing is wrong. */
export const judgeRequests = (records: readonly RequestRecord[], calmUntil: number): Finding[] =>
  records.flatMap(({ client, operation, outcome, status, began, ended }) => {
    const what = `a ${operation} of client ${client} at ${new Date(began).toISOString()}`;
    if (outcome === 'hung') return [finding('unanswered', `${what} had no answer for ${ended - began} ms.`)];
    if (outcome !== 'answered' && ended < calmUntil) return [finding('unanswered', `${what} was ${outcome}${status === undefined ? '' : ` with ${status}`}, while nothing was wrong.`)];
    return [];
  });

/** Milliseconds from the end of the outage to the first success of each operation, and to the last failure; undefined when there was none. */
export const recoveryOf = ({ began, ended }: Outage, records: readonly RequestRecord[]): { readonly first: Partial<Record<Operation, number>>; readonly lastFailure: number | undefined } => {
  const after = records.filter((record) => record.ended >= ended && record.began >= began);
  const first: Partial<Record<Operation, number>> = {};
  for (const { operation, outcome, ended: at } of after) if (outcome === 'answered' && (first[operation] === undefined || at - ended < first[operation])) first[operation] = at - ended;
  const failures = after.filter(({ outcome }) => outcome !== 'answered').map(({ ended: at }) => at - ended);
  return { first, lastFailure: failures.length === 0 ? undefined : Math.max(...failures) };
};

const operations = Object.keys(needs) as Operation[];
const successesInARow = 5;

/** Every operation had a success that began after the outage, and the last requests of each client had nothing else. */
export const isRecovered = (outageEnded: number, records: readonly RequestRecord[], clients: number): boolean => {
  const after = records.filter(({ began }) => began >= outageEnded);
  if (!operations.every((operation) => after.some((record) => record.operation === operation && record.outcome === 'answered'))) return false;
  return Array.from({ length: clients }, (_none, client) => after.filter((record) => record.client === client).slice(-successesInARow))
    .every((last) => last.length === successesInARow && last.every(({ outcome }) => outcome === 'answered'));
};
