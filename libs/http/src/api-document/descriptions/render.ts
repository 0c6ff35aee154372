import { MAX_NUMBER, MAX_VIEWPORT, UID } from '../../bounds.js';
import { type DialectPolicy } from '../../dialect/dialect-policy.js';
import { etag, notModified } from '../answers.js';
import { documentTypes } from '../../negotiate/document-types.js';
import { header, ifNoneMatch, query } from '../parameters.js';
import { type Describe, type Descriptions, type Parameter } from '../route-description.js';
import { bytes } from '../schemas.js';

const parametersOf = ({ render: { quality, standardParameters } }: DialectPolicy): Parameter[] => [
  ifNoneMatch,
  query('quality', { type: 'integer', minimum: 1, maximum: 100, default: quality }, 'Of JPEG and WebP; 100 is the best.'),
  ...(standardParameters ? [
    query('viewport', { type: 'string' }, `Columns and rows of the picture, and perhaps the part of the image that is shown: \`vw,vh,sx,sy,sw,sh\`; a negative width or height mirrors it. What would be enlarged to more than ${MAX_VIEWPORT} columns or rows is 400.`),
    query('window', { type: 'string' }, '`center,width,function`; the function is linear, linear-exact or sigmoid.'),
    query('iccprofile', { type: 'string', enum: ['no', 'yes', 'srgb', 'displayp3'], default: 'no' }, 'Of colours in JPEG and PNG: the profile of the instance, or sRGB where it has none; or colours turned into that space, also of WebP. Grey pictures have no profile.'),
  ] : []),
];

const rendered = (id: string, what: string): Describe => (policy) => ({
  id, group: 'Retrieve', summary: `Render ${what}`,
  description: 'A picture as it is to be seen: modality LUT, window, palette and overlays are applied.',
  parameters: parametersOf(policy),
  answers: { 200: { description: 'The picture.', headers: etag, content: Object.fromEntries(policy.render.pictures.map((type) => [type, bytes])) }, 304: notModified },
  errors: [404, 406, ...(policy.objectStoreAway === 424 ? [424] : [])],
});

/** Documents and videos by range, too. */
const renderedInstance: Describe = (policy) => {
  const described = rendered('renderInstance', 'the first frame of an instance')(policy);
  if (!policy.render.documents) return described;
  const content = Object.fromEntries(documentTypes.map((type) => [type, bytes]));
  return {
    ...described,
    summary: 'Render an instance: its first frame, or the document or video that it is',
    description: `${described.description} Documents and videos are answered as they are stored, in their own media type.`,
    parameters: [...(described.parameters ?? []), header('Range', { type: 'string' }, 'Bytes of a document or video; of pictures it is passed over.')],
    answers: {
      ...described.answers,
      200: { description: 'The picture, document or video.', headers: etag, content: { ...Object.fromEntries(policy.render.pictures.map((type) => [type, bytes])), ...content } },
      206: { description: 'The range.', headers: etag, content },
    },
    errors: [...(described.errors ?? []), 416],
  };
};

const thumbnail = (id: string, what: string): Describe => (policy) => ({ ...rendered(id, what)(policy), summary: `Make a thumbnail of ${what}`, description: 'The first frame of the first image, fitted into 128 by 128 pixels unless a viewport is given.' });

const frameThumbnail: Describe = (policy) => ({ ...rendered('frameThumbnail', 'one frame of an instance')(policy), summary: 'Make a thumbnail of one frame of an instance', description: 'The frame, fitted into 128 by 128 pixels unless a viewport is given.' });

const wado: Describe = (policy) => ({
  id: 'wadoUri', group: 'Retrieve', summary: 'Retrieve an instance or a picture of it by query parameters (WADO-URI)',
  description: 'PS3.18 section 9.',
  parameters: [
    ifNoneMatch,
    { ...query('requestType', { type: 'string', enum: ['WADO'] }, 'WADO.'), required: true },
    ...(['studyUID', 'seriesUID', 'objectUID'] as const).map((name) => ({ ...query(name, { type: 'string', pattern: UID.source }, 'UID of what is asked for.'), required: true })),
    query('contentType', { type: 'string' }, '`application/dicom`, a picture, or the media type of a document or video; several with commas between, best first. Without it image/jpeg, or what a document or video is.'),
    query('transferSyntax', { type: 'string' }, 'Of application/dicom: a UID, or `original`; without it Explicit VR Little Endian where that can be had.'),
    query('frameNumber', { type: 'integer', minimum: 1 }, 'Of a picture.'),
    query('rows', { type: 'integer', minimum: 1, maximum: MAX_NUMBER }, `The picture has no more; images are enlarged up to ${MAX_VIEWPORT}.`),
    query('columns', { type: 'integer', minimum: 1, maximum: MAX_NUMBER }, `The picture has no more; images are enlarged up to ${MAX_VIEWPORT}.`),
    query('windowCenter', { type: 'number' }, 'With windowWidth.'),
    query('windowWidth', { type: 'number' }, 'With windowCenter.'),
    query('region', { type: 'string' }, 'xmin,ymin,xmax,ymax, from 0 to 1.'),
    query('imageQuality', { type: 'integer', minimum: 1, maximum: 100 }, 'Of JPEG and WebP.'),
  ],
  answers: { 200: { description: 'The instance, or the picture.', headers: etag, content: Object.fromEntries(['application/dicom', ...policy.render.pictures, ...documentTypes].map((type) => [type, bytes])) }, 206: { description: 'The range of a document or video.', headers: etag, content: Object.fromEntries(documentTypes.map((type) => [type, bytes])) }, 304: notModified },
  errors: [404, 406, 416],
});

export const renderDescriptions: Descriptions = {
  'GET /wado': wado,
  'GET /studies/:study/thumbnail': thumbnail('studyThumbnail', 'a study'),
  'GET /studies/:study/series/:series/thumbnail': thumbnail('seriesThumbnail', 'a series'),
  'GET /studies/:study/series/:series/instances/:instance/thumbnail': thumbnail('instanceThumbnail', 'an instance'),
  'GET /studies/:study/series/:series/instances/:instance/frames/:frame/thumbnail': frameThumbnail,
  'GET /studies/:study/series/:series/instances/:instance/rendered': renderedInstance,
  'GET /studies/:study/series/:series/instances/:instance/frames/:frame/rendered': rendered('renderFrame', 'one frame of an instance'),
};
