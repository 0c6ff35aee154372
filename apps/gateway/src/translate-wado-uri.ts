import { BadRequest, MAX_VIEWPORT, NotAcceptable, queryOf, queryParameters, wholeNumberOf, type Service } from '@isocenter/http';

/** A request as WADO-RS has it. */
export interface TranslatedRequest {
  readonly service: Service;
  /** Path and query. */
  readonly url: string;
}

const APPLICATION_DICOM = 'application/dicom';
const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
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
  const mediaType = chooseContentType(given.get('contenttype') ?? 'image/jpeg');
  if (mediaType === APPLICATION_DICOM) return { service: 'retrieve', url: `${path}?${new URLSearchParams({ accept: acceptOf(given.get('transfersyntax')) }).toString()}` };
  return translatePicture(path, mediaType, given);
}

function translatePicture(path: string, mediaType: string, given: ReadonlyMap<string, string>): TranslatedRequest {
  const query = new URLSearchParams({ accept: mediaType });
  const [rows, columns] = ['rows', 'columns'].map((name) => wholeNumberOf(name, given.get(name), MAX_VIEWPORT, 1, MAX_VIEWPORT));
  if (given.has('rows') || given.has('columns')) query.set('viewport', `${columns},${rows}`);
  const window = ['windowCenter', 'windowWidth'].map((name) => [name, given.get(name.toLowerCase())] as const).filter(([, value]) => value !== undefined);
  if (window.length === 1) throw new BadRequest(`Query parameter '${window[0]![0]}' is given alone; give both windowCenter and windowWidth.`);
  if (window.length === 2) query.set('window', `${window[0]![1]},${window[1]![1]},linear`);
  const region = given.get('region');
  if (region !== undefined) query.set('region', region);
  const quality = given.get('imagequality');
  if (quality !== undefined) query.set('quality', String(wholeNumberOf('imageQuality', quality, 90, 1, 100)));
  const frame = given.get('framenumber');
  return { service: 'render', url: `${path}${frame === undefined ? '' : `/frames/${encodeURIComponent(frame)}`}/rendered?${query.toString()}` };
}

function required(given: ReadonlyMap<string, string>, name: string): string {
  const value = given.get(name.toLowerCase()) ?? '';
  if (value === '') throw new BadRequest(`Query parameter '${name}' is missing or empty; it is needed with requestType, studyUID, seriesUID and objectUID.`);
  return value;
}

/** The first of the list that there is. */
function chooseContentType(list: string): string {
  for (const one of list.split(',')) {
    const mediaType = one.split(';')[0]!.trim().toLowerCase();
    if (mediaType === APPLICATION_DICOM || PICTURES.has(mediaType)) return mediaType;
    if (mediaType === '*/*' || mediaType === 'image/*') return 'image/jpeg';
  }
  throw new NotAcceptable(`Query parameter 'contentType' has the value '${list.slice(0, 80)}'; allowed are ${[APPLICATION_DICOM, ...PICTURES].join(', ')}.`);
}

function acceptOf(transferSyntax: string | undefined): string {
  if (transferSyntax === undefined) return STANDARD;
  return `${APPLICATION_DICOM}; transfer-syntax="${transferSyntax === 'original' ? '*' : transferSyntax.replaceAll(/["\\]/g, '')}"`;
}
