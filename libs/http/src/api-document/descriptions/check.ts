import { json, location } from '../answers.js';
import { flag, query } from '../parameters.js';
import { type Descriptions } from '../route-description.js';
import { bytes } from '../schemas.js';

export const checkDescriptions: Descriptions = {
  'POST /check': () => ({
    id: 'checkArchive', group: 'Operations', summary: 'Compare metadata, objects and change feed of all partitions',
    description: 'Beside everything else that the archive does. Results of the operation: checked, what was looked at; differences by kind; left, how many of them are not mended; first, the first of them.',
    parameters: [
      flag('repair', false, 'Whether what can be mended is mended.'),
      query('objects', { type: 'string', pattern: '^([Pp][Rr][Ee][Ss][Ee][Nn][Cc][Ee]|[Dd][Ii][Gg][Ee][Ss][Tt])$', default: 'presence' }, '`digest`: all bytes are read and compared with their SHA-256.'),
    ],
    answers: { 202: json('It is certain to be carried out.', 'StartedOperation', location) },
    errors: [409],
  }),
  'GET /check/:operation': () => ({
    id: 'readCheckReport', group: 'Operations', summary: 'Read every difference that a check has found',
    answers: { 200: { description: 'A difference on each line; none for what is as it should be. Kept for 30 days.', content: { 'application/x-ndjson': bytes } } },
    errors: [404],
  }),
};
