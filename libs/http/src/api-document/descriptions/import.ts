import { json, location } from '../answers.js';
import { type Descriptions } from '../route-description.js';
import { bytes, schema } from '../schemas.js';

export const importDescriptions: Descriptions = {
  'POST /import': () => ({
    id: 'importFiles', group: 'Import', summary: 'Store the files of a source that the settings of the server have',
    description: 'Each file is stored as by a store under `/dicom-web`; the same bytes again are stored once. Results of the operation: files of filesExpected, imported (importedWithWarnings of them), alreadyThere, skipped (hidden files, DICOMDIR), failed, and failures, the first 500, of which the report has all: file, reason, which is a Failure Reason of DICOM, and error.',
    body: { description: 'Which source, and which folder of it. Names of members and sources match in any letter case.', required: true, content: { 'application/json': schema('Import') } },
    answers: { 202: json('It is certain to be carried out.', 'StartedOperation', location) },
    errors: [409, 413, 415],
  }),
  'GET /import/:operation': () => ({
    id: 'readImportReport', group: 'Import', summary: 'Read every file that an import could not store',
    answers: { 200: { description: 'A JSON on each line: file, reason, error. Kept for 30 days.', content: { 'application/x-ndjson': bytes } } },
    errors: [404],
  }),
};
