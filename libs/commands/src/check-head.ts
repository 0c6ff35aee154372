import type { CheckStudy, Command, DeleteInstances, LevelAttributes, RefreshLevels, ReindexInstances, RestoreInstance, StoreInstance, UpdateInstance } from './messages.js';
import { UnreadableCommandError } from './unreadable-command-error.js';

type Kind = 'text' | 'text?' | 'number' | 'number?' | 'numbers' | 'numbers?' | 'original?' | 'boolean' | 'versions?' | 'attributes' | 'chunk?' | 'reindex-chunk?';
type Fields<C extends Command> = { readonly [F in Exclude<keyof C, 'type'>]-?: Kind };

const BASE = { id: 'text', partition: 'text', deadline: 'number?', asker: 'text?', study: 'text' } as const;
const VERSION = {
  ...BASE, series: 'text', sop: 'text', sopClass: 'text', transferSyntax: 'text', version: 'text', objectKey: 'text', size: 'number', sha256: 'text',
  frameCount: 'number', storedBy: 'text', storedAt: 'text', studyAttributes: 'attributes', seriesAttributes: 'attributes', instanceAttributes: 'attributes',
  bulk: 'text', metadataKey: 'text?', frameTableKey: 'text?',
} as const;
const STORE: Fields<StoreInstance> = { ...VERSION, mode: 'text' };
const UPDATE: Fields<UpdateInstance> = { ...VERSION, baseVersion: 'text', updateId: 'text' };
const RESTORE: Fields<RestoreInstance> = { ...VERSION, part: 'text', ordinals: 'numbers?', updateId: 'text?', original: 'original?' };
const REFRESH: Fields<RefreshLevels> = BASE;
const CHECK: Fields<CheckStudy> = { ...BASE, mend: 'boolean', withoutChange: 'versions?' };
const DELETE: Fields<DeleteInstances> = { ...BASE, series: 'text?', sop: 'text?', deletedBy: 'text', chunkOf: 'chunk?' };
const REINDEX: Fields<ReindexInstances> = { ...BASE, tags: 'numbers', afterOrdinal: 'number', chunkOf: 'reindex-chunk?' };
const FIELDS: Readonly<Record<string, Readonly<Record<string, Kind>> | undefined>> = {
  'store-instance': STORE, 'update-instance': UPDATE, 'restore-instance': RESTORE, 'delete-instances': DELETE, 'refresh-levels': REFRESH, 'check-study': CHECK, 'reindex-instances': REINDEX,
} satisfies Record<Command['type'], unknown>;

/** Whether a parsed head is a command that can be decided. Fields that are not known are from a newer program, and passed over. Throws UnreadableCommandError. */
export function checkHead(head: unknown): asserts head is Command {
  if (!isObject(head)) throw new UnreadableCommandError('its head is no object');
  const fields = Object.hasOwn(FIELDS, String(head.type)) ? FIELDS[String(head.type)] : undefined;
  if (!fields) throw new UnreadableCommandError(`it has the unknown type '${String(head.type)}'`);
  for (const [field, kind] of Object.entries(fields)) {
    if (!isOfKind(head[field], kind)) throw new UnreadableCommandError(head[field] === undefined ? `it has no ${field}` : `its ${field} is not what it should be`);
  }
  if (head.type === 'store-instance' && head.mode !== 'create' && head.mode !== 'replace') throw new UnreadableCommandError('its mode is unknown');
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (value === undefined) return kind.endsWith('?');
  switch (kind) {
    case 'text': return typeof value === 'string' && value !== '';
    case 'text?': return typeof value === 'string';
    case 'number':
    case 'number?': return Number.isSafeInteger(value);
    case 'boolean': return typeof value === 'boolean';
    case 'versions?': return Array.isArray(value) && value.every((one) => isObject(one) && [one.series, one.sop, one.version].every((text) => typeof text === 'string'));
    case 'attributes': return isAttributes(value);
    case 'original?': return isObject(value) && [value.version, value.objectKey, value.sha256].every((text) => typeof text === 'string') && Number.isSafeInteger(value.size);
    case 'numbers':
    case 'numbers?': return Array.isArray(value) && value.every(Number.isSafeInteger);
    case 'reindex-chunk?': return isObject(value) && typeof value.id === 'string' && [value.chunk, value.count, value.errors].every(Number.isSafeInteger);
    case 'chunk?': return isObject(value) && typeof value.id === 'string' && [value.belowOrdinal, value.deleted, value.chunk].every(Number.isSafeInteger);
  }
}

function isAttributes(value: unknown): boolean {
  if (!isObject(value) || typeof value.members !== 'string' || !isObject(value.columns)) return false;
  const { patientWords = [], referringWords = [] } = value as Partial<LevelAttributes>;
  return Object.values(value.columns).every((column) => typeof column === 'string' || typeof column === 'number')
    && [patientWords, referringWords].every((words) => Array.isArray(words) && words.every((word) => typeof word === 'string'));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
