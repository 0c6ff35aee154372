import { DICOM_JSON, json, location } from '../answers.js';
import { type Descriptions } from '../route-description.js';
import { schema } from '../schemas.js';

export const bulkUpdateDescriptions: Descriptions = {
  'POST /studies/$bulkUpdate': () => ({
    id: 'bulkUpdateStudies', group: 'Bulk update', summary: 'Change attributes of all instances of up to 50 studies',
    description: 'Attributes of Patient Identification, Patient Demographic and General Study. What was stored first is kept: `msdicom-request-original: true` retrieves it. A study that is not there is no error.',
    body: { description: 'Studies and changes.', required: true, content: { 'application/json': schema('BulkUpdate') } },
    answers: {
      202: json('It is certain to be carried out.', 'StartedOperation', location),
      400: { description: 'An attribute cannot be changed so: FailedAttributesSequence, an item with a comment for each. For all else that is not valid one sentence of text.', content: { [DICOM_JSON]: schema('Dataset'), 'text/plain': { type: 'string' } } },
    },
    errors: [413, 415],
  }),
};
