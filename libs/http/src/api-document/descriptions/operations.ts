import { empty, json } from '../answers.js';
import { type Descriptions } from '../route-description.js';

export const operationDescriptions: Descriptions = {
  'GET /operations/:operation': () => ({
    id: 'readOperation', group: 'Operations', summary: 'Read how far long work is',
    answers: { 200: json('It has ended.', 'Operation'), 202: json('It has not begun, or runs.', 'Operation') },
    errors: [404],
  }),
  'DELETE /operations/:operation': () => ({
    id: 'cancelOperation', group: 'Operations', summary: 'Cancel long work',
    description: 'It ends behind the step in hand; what it did until then stays.',
    answers: { 204: empty('The cancel is asked for.') },
    errors: [404, 409],
  }),
};
