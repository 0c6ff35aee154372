import { json, location } from '../answers.js';
import { type Descriptions } from '../route-description.js';
import { schema } from '../schemas.js';

export const exportDescriptions: Descriptions = {
  'POST /export': () => ({
    id: 'exportInstances', group: 'Export', summary: 'Copy instances to a destination that the settings of the server have',
    description: 'Each instance as it is stored, under `{prefix}/{operationId}/results/{study}/{series}/{instance}.dcm`; what is skipped is told in `{prefix}/{operationId}/errors.log`. Results of the operation: exported, skipped, and errorHref, which is the name of that file in the destination.',
    body: { description: 'What, and to which destination. Members and enumerated values match in any letter case.', required: true, content: { 'application/json': schema('Export') } },
    answers: { 202: json('It is certain to be carried out.', 'StartedOperation', location) },
    errors: [409, 413, 415],
  }),
};
