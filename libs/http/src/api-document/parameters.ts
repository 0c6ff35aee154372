import { FRAME_LIST, MAX_NUMBER, PARTITION_NAME, UID } from '../bounds.js';
import { type LimitPolicy } from '../dialect/dialect-policy.js';
import { type Parameter, type Schema } from './route-description.js';

const uid: Schema = { type: 'string', pattern: UID.source };

/** Of `:name` in a path, by its name; `*` is the rest of a path. */
export const pathParameters: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>> = {
  partition: { description: 'Name of a partition: 1 to 64 letters, digits, `.`, `-` and `_`. The first store makes it.', schema: { type: 'string', pattern: PARTITION_NAME.source } },
  study: { description: 'StudyInstanceUID: 1 to 64 letters, digits, `.` and `-`.', schema: uid },
  series: { description: 'SeriesInstanceUID.', schema: uid },
  instance: { description: 'SOPInstanceUID.', schema: uid },
  frames: { description: 'Numbers from 1, separated by commas, in the order wanted; may be percent-encoded.', schema: { type: 'string', pattern: FRAME_LIST.source } },
  frame: { description: 'Number of one frame, from 1.', schema: { type: 'string', pattern: '^ *0*[1-9][0-9]{0,9} *$' } },
  webhook: { description: 'Id that the subscription got when it was made.', schema: { type: 'string', minLength: 1 } },
  tag: { description: 'Keyword of an attribute, or its tag of eight hexadecimal digits.', schema: { type: 'string', minLength: 1 } },
  operation: { description: 'Id of an operation, as the request that began it was answered: 32 hexadecimal digits.', schema: { type: 'string', minLength: 1 } },
  '*': { description: 'Path of a value in the data set, as metadata give it in BulkDataURI.', schema: { type: 'string' } },
};

export const query = (name: string, schema: Schema, description: string): Parameter => ({ name, in: 'query', description, schema });
export const header = (name: string, schema: Schema, description: string): Parameter => ({ name, in: 'header', description, schema });

/** A whole number from 1 up to what the dialect allows. */
export function limit({ standard, max, above }: LimitPolicy): Parameter {
  return query('limit', { type: 'integer', minimum: 1, ...(above === 'refuse' && { maximum: max }), default: standard }, `Most results that are answered${above === 'cap' ? `; above ${max} it counts as ${max}` : ''}.`);
}

export const offset = (description: string): Parameter => query('offset', { type: 'integer', minimum: 0, maximum: MAX_NUMBER, default: 0 }, description);
export const sequence = (name: string, description: string): Parameter => query(name, { type: 'integer', minimum: 1, maximum: MAX_NUMBER }, description);

/** `true` and `false` in any letter case. */
const truth: Schema = { type: 'string', pattern: '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$' };
export const flag = (name: string, standard: boolean, description: string): Parameter => query(name, { ...truth, default: String(standard) }, description);

/** ISO 8601; the parser takes more than the format, which tools know. */
export const time = (name: string, description: string): Parameter => query(name, { type: 'string', format: 'date-time' }, description);

export const ifNoneMatch = header('If-None-Match', { type: 'string' }, 'ETag of what the client has: 304 when it is still so.');
export const requestOriginal = header('msdicom-request-original', truth, '`true`: the first version, before any bulk update.');
