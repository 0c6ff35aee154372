import { DICOM_JSON, dicomJson, empty } from '../answers.js';
import { type Describe, type Descriptions, type RouteDescription } from '../route-description.js';
import { bytes, schema } from '../schemas.js';

const body: RouteDescription['body'] = {
  description: 'DICOM files: one, or several as parts. Bodies may be chunked; `type` may be missing from the Content-Type, parameters may stand in any order.',
  required: true,
  content: { 'multipart/related; type="application/dicom"': bytes, 'application/dicom': bytes },
};

const store = (id: string, summary: string): Describe => ({ objectStoreAway }) => ({
  id, group: 'Store', summary,
  description: 'PS3.18 section 10.5. The answer has an item for each instance, in the order of the parts: ReferencedSOPSequence or FailedSOPSequence with its reason.',
  body,
  answers: {
    200: dicomJson('Every instance was stored.', 'Dataset'),
    202: dicomJson('Some instances failed, or there are warnings.', 'Dataset'),
    204: empty('The request had no part.'),
    409: { description: 'No instance was stored; a reason for each.', content: { [DICOM_JSON]: schema('Dataset') } },
  },
  errors: [406, 413, 415, ...(objectStoreAway === 424 ? [424] : [])],
});

export const storeDescriptions: Descriptions = {
  'POST /studies': store('storeInstances', 'Store instances'),
  'POST /studies/:study': store('storeInstancesOfStudy', 'Store instances of one study; others are refused with 43265'),
  'PUT /studies': store('replaceInstances', 'Store instances, in place of those that exist'),
  'PUT /studies/:study': store('replaceInstancesOfStudy', 'Store instances of one study, in place of those that exist'),
};
