import { type DialectPolicy } from '../../dialect/dialect-policy.js';
import { dicomJson, etag, notModified } from '../answers.js';
import { header, ifNoneMatch, requestOriginal } from '../parameters.js';
import { type Answer, type Describe, type Descriptions, type Parameter } from '../route-description.js';
import { bytes } from '../schemas.js';

const multipart = 'multipart/related';
const binary = (description: string, ...types: readonly string[]): Answer => ({ description, headers: etag, content: Object.fromEntries(types.map((type) => [type, bytes])) });
const ofVersion = (policy: DialectPolicy): Parameter[] => [ifNoneMatch, ...(policy.retrieve.requestOriginal ? [requestOriginal] : [])];
const objectErrors = ({ objectStoreAway }: DialectPolicy): number[] => [404, 406, ...(objectStoreAway === 424 ? [424] : [])];

const instances = (id: string, what: string, ...single: readonly string[]): Describe => (policy) => ({
  id, group: 'Retrieve', summary: `Retrieve ${what}`,
  description: 'PS3.18 section 10.4. `Accept: multipart/related; type="application/dicom"; transfer-syntax=*` gives the stored bytes; without a transfer syntax Explicit VR Little Endian is meant. Parameters may be quoted.',
  parameters: ofVersion(policy),
  answers: { 200: binary('Every instance as a part that says its transfer syntax.', multipart, ...single), 304: notModified },
  errors: objectErrors(policy),
});

const metadata = (id: string, what: string): Describe => (policy) => ({
  id, group: 'Retrieve', summary: `Retrieve the metadata of ${what}`,
  parameters: ofVersion(policy),
  answers: { 200: dicomJson('A data set for each instance, without bulk data.', 'Datasets', etag), 304: notModified },
  errors: objectErrors(policy),
});

const frames: Describe = (policy) => ({
  id: 'retrieveFrames', group: 'Retrieve', summary: 'Retrieve frames of an instance',
  description: 'As multipart, a part for each frame; one frame also as `application/octet-stream`.',
  parameters: [ifNoneMatch],
  answers: { 200: binary('The frames in the order asked.', multipart, 'application/octet-stream', ...(policy.retrieve.frameForms === 'standard' ? ['image/*', 'video/*'] : [])), 304: notModified },
  errors: objectErrors(policy),
});

const bulkData: Describe = (policy) => ({
  id: 'retrieveBulkData', group: 'Retrieve', summary: 'Retrieve a value that metadata refer to',
  parameters: [ifNoneMatch, header('Range', { type: 'string' }, 'Bytes of the value; single part only.')],
  answers: { 200: binary('The whole value.', multipart, 'application/octet-stream'), 206: binary('The range.', 'application/octet-stream'), 304: notModified },
  errors: [...objectErrors(policy), 416],
});

export const retrieveDescriptions: Descriptions = {
  'GET /studies/:study': instances('retrieveStudy', 'the instances of a study'),
  'GET /studies/:study/metadata': metadata('retrieveStudyMetadata', 'a study'),
  'GET /studies/:study/series/:series': instances('retrieveSeries', 'the instances of a series'),
  'GET /studies/:study/series/:series/metadata': metadata('retrieveSeriesMetadata', 'a series'),
  'GET /studies/:study/series/:series/instances/:instance': instances('retrieveInstance', 'an instance', 'application/dicom'),
  'GET /studies/:study/series/:series/instances/:instance/metadata': metadata('retrieveInstanceMetadata', 'an instance'),
  'GET /studies/:study/series/:series/instances/:instance/frames/:frames': frames,
  'GET /studies/:study/series/:series/instances/:instance/bulkdata/*': bulkData,
};
