import { empty, json, location } from '../answers.js';
import { limit, offset } from '../parameters.js';
import { type Descriptions, type RouteDescription } from '../route-description.js';
import { schema, type SchemaName } from '../schemas.js';

const body = (description: string, name: SchemaName): RouteDescription['body'] => ({ description, required: true, content: { 'application/json': schema(name) } });
const page = [limit({ standard: 100, max: 200, above: 'refuse' }), offset('Entries that are skipped.')];

export const queryTagDescriptions: Descriptions = {
  'POST /extendedquerytags': () => ({
    id: 'addQueryTags', group: 'Extended query tags', summary: 'Make attributes searchable',
    description: 'All of them or none. What is stored from now on is indexed at once, what is stored already by an operation; a tag can be searched by when it is Ready. At most 128.',
    body: body('The attributes.', 'NewQueryTags'),
    answers: { 202: json('An operation has begun.', 'StartedOperation', location) },
    errors: [409, 413, 415],
  }),
  'GET /extendedquerytags': () => ({ id: 'listQueryTags', group: 'Extended query tags', summary: 'List the extended query tags', parameters: page, answers: { 200: json('In the order in which they were added.', 'QueryTags') }, errors: [] }),
  'GET /extendedquerytags/:tag': () => ({ id: 'readQueryTag', group: 'Extended query tags', summary: 'Read an extended query tag', answers: { 200: json('The tag.', 'QueryTag') }, errors: [404] }),
  'PATCH /extendedquerytags/:tag': () => ({
    id: 'changeQueryTag', group: 'Extended query tags', summary: 'Allow or forbid searches by a tag',
    description: 'A tag for which not all instances could be indexed is Disabled until it is set to Enabled; searches by it then name it in the header `erroneous-dicom-attributes`.',
    body: body('What it is to be.', 'QueryStatus'),
    answers: { 200: json('As it is now.', 'QueryTag') },
    errors: [404, 413, 415],
  }),
  'DELETE /extendedquerytags/:tag': () => ({ id: 'deleteQueryTag', group: 'Extended query tags', summary: 'Delete an extended query tag', description: 'Nobody can search by it from now on; what was indexed for it goes soon.', answers: { 204: empty('It is deleted, or being deleted.') }, errors: [404] }),
  'GET /extendedquerytags/:tag/errors': () => ({ id: 'listQueryTagErrors', group: 'Extended query tags', summary: 'List the instances that could not be indexed for a tag', parameters: page, answers: { 200: json('None past the end.', 'QueryTagErrors') }, errors: [404] }),
};
