import { NotAcceptable } from '../errors/http-errors.js';
import { type Acceptable, bestMatch, type CanTranscode, type Match, type Selection } from './acceptable.js';
import { type AskedType, expandRanges } from './expand-range.js';
import { frameMediaTypeNamed, frameMediaTypeOf, octetStream } from './frame-media-types.js';
import { type AcceptRange } from './parse-accept.js';
import { explicitVrLittleEndian, implicitVrLittleEndian } from './transfer-syntax.js';

/** What a dialect lets clients ask of frames, by media type: the syntaxes that may be named, first the one taken when none is. */
export type FrameForms = 'standard' | ReadonlyMap<string, readonly string[]>;

/**
 * Which forms of frames a client takes. Several frames exist as multipart only. Octet streams without a transfer syntax
 * are Explicit VR Little Endian, any wildcard is as stored. Throws `NotAcceptable`.
 */
export function chooseFrames(ranges: readonly AcceptRange[], frames: number, forms: FrameForms): Selection {
  const selection = expandRanges(ranges).filter((asked) => asked.multipart || frames === 1 || asked.mediaType === '*/*').flatMap((asked) => acceptFrames(asked, forms));
  if (selection.length > 0) return selection;
  const types = forms === 'standard' ? `"${octetStream}" or an image type of PS3.18 table 8.7.3-5` : [...forms.keys()].map((type) => `"${type}"`).join(' or ');
  throw new NotAcceptable(`The Accept header has no form in which these frames exist; allowed: multipart/related with type ${types}, a single part for one frame, or */*.`);
}

function acceptFrames(asked: AskedType, forms: FrameForms): Acceptable[] {
  const { mediaType, quality, transferSyntaxes } = asked;
  // Alone it does not ask for a single part, and what reads multipart reads one frame as it reads several.
  const multipart = asked.multipart || mediaType === '*/*';
  if (mediaType === '*/*' || mediaType === 'application/*') {
    return accept(octetStream, transferSyntaxes, ['*'], forms).map((form) => ({ ...form, multipart, quality }));
  }
  if (mediaType === octetStream) return accept(octetStream, transferSyntaxes, [explicitVrLittleEndian], forms).map((form) => ({ ...form, multipart, quality }));
  if (forms === 'standard' && (mediaType === 'image/*' || mediaType === 'video/*')) {
    return (transferSyntaxes.length > 0 ? transferSyntaxes : ['*']).map((transferSyntax) => ({ multipart, mediaType, transferSyntax, quality }));
  }
  const named = frameMediaTypeNamed(mediaType);
  if (named === undefined) return [];
  const otherwise = forms === 'standard' ? '*' : (forms.get(named.mediaType)?.[0] ?? '*');
  return accept(named.mediaType, transferSyntaxes, [otherwise], forms).map((form) => ({ ...form, multipart, quality }));
}

/** The named syntaxes that the media type can have, or those taken when none is named. */
function accept(mediaType: string, named: readonly string[], otherwise: readonly string[], forms: FrameForms): { mediaType: string; transferSyntax: string }[] {
  const nameable = forms === 'standard' ? frameMediaTypeNamed(mediaType)?.transferSyntaxes : (forms.get(mediaType) ?? []);
  return (named.length > 0 ? named : otherwise)
    .filter((uid) => nameable === undefined || nameable.includes(uid) || (uid === '*' && forms === 'standard'))
    .map((transferSyntax) => ({ mediaType, transferSyntax }));
}

/** How frames of the stored syntax are answered. */
export function matchFrames(selection: Selection, stored: string, canTranscode: CanTranscode = () => true): Match {
  const storedType = frameMediaTypeOf(stored);
  return bestMatch(selection, (acceptable) => {
    const { mediaType, transferSyntax } = acceptable;
    const typeFits = mediaType === octetStream || mediaType === storedType || (mediaType.endsWith('/*') && storedType.startsWith(mediaType.slice(0, -1)));
    if (typeFits && (transferSyntax === '*' || sameFrames(stored, transferSyntax))) {
      return {
        kind: 'as-stored', acceptable, mediaType: mediaType === octetStream ? octetStream : storedType,
        transferSyntax: transferSyntax === '*' ? stored : transferSyntax,
      };
    }
    const target = transferSyntax === '*' ? frameMediaTypeNamed(mediaType)?.standard : transferSyntax;
    if (target === undefined || !canTranscode(stored, target)) return { kind: 'not-acceptable' };
    return { kind: 'transcode', acceptable, mediaType: mediaType.endsWith('/*') ? frameMediaTypeOf(target) : mediaType, transferSyntax: target };
  });
}

/** Implicit and Explicit VR Little Endian differ in the headers of elements, not in pixel data (PS3.5 sections A.1 and A.2). */
function sameFrames(stored: string, wanted: string): boolean {
  return stored === wanted || (stored === implicitVrLittleEndian && wanted === explicitVrLittleEndian);
}
