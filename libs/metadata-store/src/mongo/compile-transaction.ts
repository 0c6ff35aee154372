import { mongo } from 'mongoose';
import { TransactionRefusedError } from '../errors.js';
import { TABLE_KEYS, type TableName } from '../rows.js';
import type { Write } from '../transaction.js';
import { checkRow } from './check-row.js';
import { idOf, toDocument, toPaths, type Filter, type RowDocument } from './documents.js';

type Operation = mongo.AnyBulkWriteOperation<RowDocument>;

/** Writes that go to one collection in one ordered bulk. */
export interface Step {
  readonly table: TableName;
  readonly operations: Operation[];
  /** Of each operation: the index of its write in the transaction. */
  readonly writes: number[];
  /** Documents that its updates and puts must find or make. */
  touched: number;
}

/** Throws TransactionRefusedError for a row that can never be written. */
export function compileWrite(write: Write): Operation {
  return operationOf(write) as Operation;
}

function operationOf(write: Write): object {
  switch (write.op) {
    case 'insert':
      checkRow(write.table, write.row, true);
      return { insertOne: { document: toDocument(write.table, write.row) } };
    case 'put': {
      checkRow(write.table, write.row, true);
      const document = toDocument(write.table, write.row);
      return { replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } };
    }
    case 'update':
      return { updateOne: { filter: { _id: idOf(write.table, write.key as never), ...toPaths(write.table, write.expect ?? {}) }, update: updateOf(write.table, write.set) } };
    case 'remove':
      return { deleteOne: { filter: { _id: idOf(write.table, write.key as never) } } };
    case 'removeAll':
      return { deleteMany: { filter: withPrefix(write.table, write.where) } };
  }
}

/** An update is a write also when it sets what is there already: only then do its rivals conflict with it. */
function updateOf(table: TableName, set: object): object {
  checkRow(table, set, false);
  const key: readonly string[] = TABLE_KEYS[table];
  const moved = Object.keys(set).find((name) => key.includes(name));
  if (moved !== undefined) throw new TransactionRefusedError(`${table}.${moved} belongs to the key, which cannot change`);
  return { $set: set, $inc: { revision: 1 } };
}

/**
 * The rows whose key begins with these columns. Sub-documents compare field by field, and a shorter one comes first, so
 * that they are a range of `_id`.
 */
function withPrefix(table: TableName, where: object): Filter {
  const key = TABLE_KEYS[table];
  const count = Object.keys(where).length;
  if (key.slice(0, count).some((name) => !(name in where))) throw new TransactionRefusedError(`rows of ${table} are removed by a prefix of ${key.join(', ')}`);
  if (count === 0) return {};
  if (count === key.length) return { _id: idOf(table, where as never) };
  const prefix = Object.fromEntries(key.slice(0, count).map((name) => [name, (where as Record<string, unknown>)[name]]));
  return { _id: { $gte: prefix, $lt: { ...prefix, [key[count]!]: MAX_KEY } } };
}

/** Greater than every value, whatever its type. */
const MAX_KEY = new mongo.MaxKey();

/** One step per table, so that a batch of many writes needs few round trips. */
export function groupByTable(writes: readonly Write[]): Step[] {
  const steps = new Map<TableName, Step>();
  writes.forEach((write, index) => {
    let step = steps.get(write.table);
    if (!step) steps.set(write.table, (step = { table: write.table, operations: [], writes: [], touched: 0 }));
    addTo(step, write, index);
  });
  return [...steps.values()];
}

/** One step per write: slow, but the first whose condition does not hold is known. */
export function oneByOne(writes: readonly Write[]): Step[] {
  return writes.map((write, index) => {
    const step: Step = { table: write.table, operations: [], writes: [], touched: 0 };
    addTo(step, write, index);
    return step;
  });
}

function addTo(step: Step, write: Write, index: number): void {
  step.operations.push(compileWrite(write));
  step.writes.push(index);
  if (write.op === 'update' || write.op === 'put') step.touched += 1;
}

export function isConditional({ op }: Write): boolean {
  return op === 'insert' || op === 'update';
}
