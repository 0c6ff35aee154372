import { BadRequest, type DialectPolicy, MAX_NUMBER, wholeNumberOf } from '@isocenter/http';
import { isWindow, type VoiFunction, type Window } from '@isocenter/imaging';

/** The part of the image that is shown, and how large (PS3.18 §8.3.5.1.3). */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** Of the image's pixels; undefined: to the edge. */
  readonly left?: number | undefined;
  readonly top?: number | undefined;
  /** Negative: mirrored. */
  readonly sourceWidth?: number | undefined;
  readonly sourceHeight?: number | undefined;
  /** Of WADO-URI: the picture may be smaller than what fits. */
  readonly isMost?: true;
}

/** A part of the image by fractions of its columns and rows, from 0 to 1 (PS3.18 §9, `region`). */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface RenderParameters {
  readonly quality: number;
  readonly window?: Window | undefined;
  readonly viewport?: Viewport | undefined;
  /** Of WADO-URI; it counts before the part that a viewport names. */
  readonly region?: Region | undefined;
  /** `yes`: the instance's profile, or sRGB, is in the picture; else the space that colours are turned into (PS3.18 §8.3.5.1.5). */
  readonly iccProfile?: IccProfile | undefined;
  /** Tells one set of parameters from another: for the ETag. */
  readonly name: string;
}

export type IccProfile = 'yes' | 'srgb' | 'displayp3';

const ICC_PROFILES: ReadonlyMap<string, IccProfile | undefined> = new Map([['no', undefined], ['yes', 'yes'], ['srgb', 'srgb'], ['displayp3', 'displayp3']]);
const FUNCTIONS: Readonly<Record<string, VoiFunction>> = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' };
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Query parameters of rendered resources (PS3.18 §8.3.5.1); those that the dialect does not know are passed over. Throws BadRequest. */
export function parseRenderParameters(query: ReadonlyMap<string, string>, { quality: standard, standardParameters }: DialectPolicy['render']): RenderParameters {
  const quality = wholeNumberOf('quality', query.get('quality'), standard, 1, 100);
  const [window, viewport, rows, columns, region, iccProfile] = standardParameters ? ['window', 'viewport', 'rows', 'columns', 'region', 'iccprofile'].map((name) => query.get(name)) : [];
  const parsed = { quality, window: window === undefined ? undefined : parseWindow(window), viewport: viewport === undefined ? parseMost(columns, rows) : parseViewport(viewport), region: region === undefined ? undefined : parseRegion(region), iccProfile: iccProfile === undefined ? undefined : parseIccProfile(iccProfile) };
  return { ...parsed, name: [quality, ...Object.values(parsed.window ?? {}), '', ...Object.values(parsed.viewport ?? {}), '', ...Object.values(parsed.region ?? {}), '', parsed.iccProfile].join('_') };
}

/** `center,width,function` (PS3.18 §8.3.5.1.4). */
export function parseWindow(text: string): Window {
  const [center = '', width = '', named = '', ...rest] = text.split(',').map((one) => one.trim());
  const voiFunction = FUNCTIONS[named.toLowerCase()];
  if (NUMBER.test(center) && NUMBER.test(width) && voiFunction !== undefined && rest.length === 0 && isWindow(Number(center), Number(width), voiFunction)) {
    return { center: Number(center), width: Number(width), function: voiFunction };
  }
  throw new BadRequest(`Query parameter 'window' has the value '${text.slice(0, 80)}'; allowed is center,width,function with a width from 1 (above 0 unless linear) and the function linear, linear-exact or sigmoid.`);
}

/** `vw,vh` and perhaps `sx,sy,sw,sh`, each of which may be left empty. */
export function parseViewport(text: string): Viewport {
  const parts = text.split(',').map((one) => one.trim());
  const [width, height] = parts.slice(0, 2).map((one) => (/^\d{1,15}$/.test(one) ? Number(one) : 0));
  const source = parts.slice(2).map((one) => (one === '' ? undefined : NUMBER.test(one) ? Number(one) : Number.NaN));
  const [left, top, sourceWidth, sourceHeight] = source;
  const isValid = isSide(width) && isSide(height) && parts.length <= 6 && source.every((one) => one === undefined || Number.isFinite(one))
    && (left ?? 0) >= 0 && (top ?? 0) >= 0 && sourceWidth !== 0 && sourceHeight !== 0;
  if (isValid) return { width, height, left, top, sourceWidth, sourceHeight };
  throw new BadRequest(`Query parameter 'viewport' has the value '${text.slice(0, 80)}'; allowed is vw,vh or vw,vh,sx,sy,sw,sh: columns and rows from 1, and the part of the image that is shown.`);
}

/** Of WADO-URI, each of which may be absent. */
function parseMost(columns: string | undefined, rows: string | undefined): Viewport | undefined {
  if (columns === undefined && rows === undefined) return undefined;
  return { width: wholeNumberOf('columns', columns, MAX_NUMBER, 1, MAX_NUMBER), height: wholeNumberOf('rows', rows, MAX_NUMBER, 1, MAX_NUMBER), isMost: true };
}

/** `xmin,ymin,xmax,ymax`. */
export function parseRegion(text: string): Region {
  const numbers = text.split(',').map((one) => (NUMBER.test(one.trim()) ? Number(one) : Number.NaN));
  const [left = -1, top = -1, right = -1, bottom = -1] = numbers;
  if (numbers.length === 4 && numbers.every((one) => one >= 0 && one <= 1) && left < right && top < bottom) return { left, top, right, bottom };
  throw new BadRequest(`Query parameter 'region' has the value '${text.slice(0, 80)}'; allowed is xmin,ymin,xmax,ymax: fractions from 0 to 1 of columns and rows.`);
}

function parseIccProfile(text: string): IccProfile | undefined {
  if (ICC_PROFILES.has(text.toLowerCase())) return ICC_PROFILES.get(text.toLowerCase());
  throw new BadRequest(`Query parameter 'iccprofile' has the value '${text.slice(0, 80)}'; allowed is one of ${[...ICC_PROFILES.keys()].join(', ')}.`);
}

function isSide(value: number | undefined): value is number {
  return value !== undefined && value >= 1;
}
