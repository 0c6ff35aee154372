import { BadRequest, documentTypes, MAX_NUMBER, NotAcceptable, parseAccept, queryOf, queryParameters, wholeNumberOf, type Service } from '@isocenter/http';

/** A request as WADO-RS has it. */
export interface TranslatedRequest {
  readonly service: Service;
  /** Path and query. */
  readonly url: string;
}

const APPLICATION_DICOM = 'application/dicom';
const RENDERED: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', ...documentTypes]);
/** Also in lists: JPEG of what is an image, its own media type of what is a document or video. */
const WILDCARD = /^(\*|image|application|video|text|model)\/\*$/;
const OF_ANYTHING = 'image/jpeg, */*;q=0.5';
/** Explicit VR Little Endian where it can be had, else as it is stored. */
const STANDARD = `${APPLICATION_DICOM}; transfer-syntax=1.2.840.10008.1.2.1, ${APPLICATION_DICOM}; transfer-syntax=*; q=0.5`;

/**
 * WADO-URI (PS3.18 §9) says by query parameters what WADO-RS says by path, Accept and other parameters. Throws BadRequest for
 * what is missing, not valid or not to be had, NotAcceptable for a media type that there is not.
 */
export function translateWadoUri(url: string): TranslatedRequest {
  const given = queryParameters(queryOf(url));
  if (given.get('requesttype')?.toUpperCase() !== 'WADO') throw new BadRequest(`Query parameter 'requestType' has the value '${(given.get('requesttype') ?? '').slice(0, 80)}'; allowed is WADO.`);
  for (const name of ['presentationUID', 'presentationSeriesUID']) if (given.has(name.toLowerCase())) throw new BadRequest(`Query parameter '${name}' is not supported; leave it out.`);
  const anonymize = given.get('anonymize');
  if (anonymize !== undefined && anonymize !== 'no') throw new BadRequest(`Query parameter 'anonymize' has the value '${anonymize.slice(0, 80)}'; allowed is no.`);
  const [study, series, instance] = ['studyUID', 'seriesUID', 'objectUID'].map((name) => encodeURIComponent(required(given, name)));
  const path = `/studies/${study}/series/${series}/instances/${instance}`;
  const accept = chooseContentTypes(given.get('contenttype'));
  if (accept === APPLICATION_DICOM) return { service: 'retrieve', url: `${path}?${new URLSearchParams({ accept: acceptOf(given.get('transfersyntax')) }).toString()}` };
  return translatePicture(path, accept, given);
}

function translatePicture(path: string, accept: string, given: ReadonlyMap<string, string>): TranslatedRequest {
  const query = new URLSearchParams({ accept });
  for (const name of ['rows', 'columns']) if (given.has(name)) query.set(name, String(wholeNumberOf(name, given.get(name), 1, 1, MAX_NUMBER)));
  const window = ['windowCenter', 'windowWidth'].map((name) => [name, given.get(name.toLowerCase())] as const).filter(([, value]) => value !== undefined);
  if (window.length === 1) throw new BadRequest(`Query parameter '${window[0]![0]}' is given alone; give both windowCenter and windowWidth.`);
  for (const [name, value] of window) if (value!.trim() === '' || !Number.isFinite(Number(value))) throw new BadRequest(`Query parameter '${name}' has the value '${value!.slice(0, 80)}'; allowed is a number.`);
  if (window.length === 2) query.set('window', `${window[0]![1]},${window[1]![1]},linear`);
  const region = given.get('region');
  if (region !== undefined) query.set('region', region);
  const quality = given.get('imagequality');
  if (quality !== undefined) query.set('quality', String(wholeNumberOf('imageQuality', quality, 90, 1, 100)));
  const annotation = given.get('annotation');
  if (annotation !== undefined) query.set('annotation', annotation);
  const frame = given.get('framenumber');
  if (frame?.trim() === '') throw new BadRequest("Query parameter 'frameNumber' is empty; allowed is one whole number from 1.");
  return { service: 'render', url: `${path}${frame === undefined ? '' : `/frames/${encodeURIComponent(frame)}`}/rendered?${query.toString()}` };
}

function required(given: ReadonlyMap<string, string>, name: string): string {
  const value = given.get(name.toLowerCase()) ?? '';
  if (value === '') throw new BadRequest(`Query parameter '${name}' is missing or empty; it is needed with requestType, studyUID, seriesUID and objectUID.`);
  return value;
}

/** What an Accept header says it by: `application/dicom` alone where that is the best of the list that there is, else all others that there are. */
function chooseContentTypes(list: string | undefined): string {
  if (list === undefined || list.trim() === '') return OF_ANYTHING;
  const types = parseAccept(list).filter(({ type, quality }) => quality > 0 && (type === APPLICATION_DICOM || RENDERED.has(type) || WILDCARD.test(type))).map(({ type }) => type);
  if (types.length === 0) throw new NotAcceptable(`Query parameter 'contentType' has the value '${list.slice(0, 80)}'; allowed are ${[APPLICATION_DICOM, ...RENDERED].join(', ')}.`);
  return types[0] === APPLICATION_DICOM ? APPLICATION_DICOM : types.filter((type) => type !== APPLICATION_DICOM).join(', ');
}

function acceptOf(transferSyntax: string | undefined): string {
  if (transferSyntax === undefined) return STANDARD;
  return `${APPLICATION_DICOM}; transfer-syntax="${transferSyntax === 'original' ? '*' : transferSyntax.replaceAll(/["\\]/g, '')}"`;
}
