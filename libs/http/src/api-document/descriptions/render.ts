import { MAX_VIEWPORT, UID } from '../../bounds.js';
import { type DialectPolicy } from '../../dialect/dialect-policy.js';
import { etag, notModified } from '../answers.js';
import { ifNoneMatch, query } from '../parameters.js';
import { type Describe, type Descriptions, type Parameter } from '../route-description.js';
import { bytes } from '../schemas.js';

const parametersOf = ({ render: { quality, standardParameters } }: DialectPolicy): Parameter[] => [
  ifNoneMatch,
  query('quality', { type: 'integer', minimum: 1, maximum: 100, default: quality }, 'Of JPEG and WebP; 100 is the best.'),
  ...(standardParameters ? [
    query('viewport', { type: 'string' }, `Columns and rows of the picture, up to ${MAX_VIEWPORT} each, and perhaps the part of the image that is shown: \`vw,vh,sx,sy,sw,sh\`; a negative width or height mirrors it.`),
    query('window', { type: 'string' }, '`center,width,function`; the function is linear, linear-exact or sigmoid.'),
  ] : []),
];

const rendered = (id: string, what: string): Describe => (policy) => ({
  id, group: 'Retrieve', summary: `Render ${what}`,
  description: 'A picture as it is to be seen: modality LUT, window, palette and overlays are applied.',
  parameters: parametersOf(policy),
  answers: { 200: { description: 'The picture.', headers: etag, content: Object.fromEntries(policy.render.pictures.map((type) => [type, bytes])) }, 304: notModified },
  errors: [404, 406, ...(policy.objectStoreAway === 424 ? [424] : [])],
});

const thumbnail = (id: string, what: string): Describe => (policy) => ({ ...rendered(id, what)(policy), summary: `Make a thumbnail of ${what}`, description: 'The first frame of the first image, fitted into 128 by 128 pixels unless a viewport is given.' });

const wado: Describe = (policy) => ({
  id: 'wadoUri', group: 'Retrieve', summary: 'Retrieve an instance or a picture of it by query parameters (WADO-URI)',
  description: 'PS3.18 section 9.',
  parameters: [
    ifNoneMatch,
    { ...query('requestType', { type: 'string', enum: ['WADO'] }, 'WADO.'), required: true },
    ...(['studyUID', 'seriesUID', 'objectUID'] as const).map((name) => ({ ...query(name, { type: 'string', pattern: UID.source }, 'UID of what is asked for.'), required: true })),
    query('contentType', { type: 'string' }, '`application/dicom`, or a picture; image/jpeg without it.'),
    query('transferSyntax', { type: 'string' }, 'Of application/dicom: a UID, or `original`; without it Explicit VR Little Endian where that can be had.'),
    query('frameNumber', { type: 'integer', minimum: 1 }, 'Of a picture.'),
    query('rows', { type: 'integer', minimum: 1, maximum: MAX_VIEWPORT }, 'The picture has no more.'),
    query('columns', { type: 'integer', minimum: 1, maximum: MAX_VIEWPORT }, 'The picture has no more.'),
    query('windowCenter', { type: 'number' }, 'With windowWidth.'),
    query('windowWidth', { type: 'number' }, 'With windowCenter.'),
    query('region', { type: 'string' }, 'xmin,ymin,xmax,ymax, from 0 to 1.'),
    query('imageQuality', { type: 'integer', minimum: 1, maximum: 100 }, 'Of JPEG and WebP.'),
  ],
  answers: { 200: { description: 'The instance, or the picture.', headers: etag, content: Object.fromEntries(['application/dicom', ...policy.render.pictures].map((type) => [type, bytes])) }, 304: notModified },
  errors: [404, 406],
});

export const renderDescriptions: Descriptions = {
  'GET /wado': wado,
  'GET /studies/:study/thumbnail': thumbnail('studyThumbnail', 'a study'),
  'GET /studies/:study/series/:series/thumbnail': thumbnail('seriesThumbnail', 'a series'),
  'GET /studies/:study/series/:series/instances/:instance/thumbnail': thumbnail('instanceThumbnail', 'an instance'),
  'GET /studies/:study/series/:series/instances/:instance/rendered': rendered('renderInstance', 'the first frame of an instance'),
  'GET /studies/:study/series/:series/instances/:instance/frames/:frame/rendered': rendered('renderFrame', 'one frame of an instance'),
};
