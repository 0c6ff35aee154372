import { json, location } from '../answers.js';
import { query } from '../parameters.js';
import { type Descriptions } from '../route-description.js';

export const rebuildDescriptions: Descriptions = {
  'POST /rebuild-index': () => ({
    id: 'rebuildIndex', group: 'Operations', summary: 'Make metadata, index and change feed anew of objects and journal',
    description: 'What is lost is brought back as it was; what is there is made anew in its place. Results of the operation: changes and instances that were brought back; failed, and failures that say why; undecided, instances that may have been accepted behind the end of the journal; quarantined objects; and the digest of all answers.',
    parameters: [
      query('task', { type: 'string', pattern: '^([Rr][Ee][Bb][Uu][Ii][Ll][Dd]|[Uu][Nn][Dd][Ee][Cc][Ii][Dd][Ee][Dd]|[Dd][Ii][Gg][Ee][Ss][Tt])$', default: 'rebuild' }, '`undecided`: the undecided instances of an earlier rebuild are accepted, as new changes. `digest`: nothing is changed, the digest of all answers is made.'),
    ],
    answers: { 202: json('It is certain to be carried out.', 'StartedOperation', location) },
    errors: [409],
  }),
};
