import { MAX_VIEWPORT } from '../../bounds.js';
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

export const renderDescriptions: Descriptions = {
  'GET /studies/:study/series/:series/instances/:instance/rendered': rendered('renderInstance', 'the first frame of an instance'),
  'GET /studies/:study/series/:series/instances/:instance/frames/:frame/rendered': rendered('renderFrame', 'one frame of an instance'),
};
