import { NotAcceptable } from '../errors/http-errors.js';
import { type Acceptable, bestMatch, type CanTranscode, type Match, type Selection } from './acceptable.js';
import { type AskedType, expandRanges } from './expand-range.js';
import { type AcceptRange } from './parse-accept.js';
import { explicitVrLittleEndian } from './transfer-syntax.js';

const applicationDicom = 'application/dicom';

export type InstancesOf = 'study' | 'series' | 'instance';

/** Transfer syntaxes that may be named in an Accept header: `*` is as stored. */
export type NameableSyntaxes = 'any' | ReadonlySet<string>;

/**
 * Which forms of whole instances a client takes. A study or series exists as multipart only. Without a transfer syntax
 * `application/dicom` means Explicit VR Little Endian, but any wildcard means as stored. Throws `NotAcceptable`.
 */
export function chooseInstances(ranges: readonly AcceptRange[], resource: InstancesOf, nameable: NameableSyntaxes): Selection {
  const selection = expandRanges(ranges).flatMap((asked) => acceptInstances(asked, resource, nameable));
  if (selection.length > 0) return selection;
  const single = resource === 'instance' ? `${applicationDicom}, ` : '';
  const syntaxes = nameable === 'any' ? '* or a transfer syntax UID' : [...nameable].join(', ');
  throw new NotAcceptable(
    `The Accept header has no form in which this ${resource} exists; allowed: ${single}multipart/related; type="${applicationDicom}", or */*; transfer-syntax one of ${syntaxes}.`,
  );
}

function acceptInstances(asked: AskedType, resource: InstancesOf, nameable: NameableSyntaxes): Acceptable[] {
  const wildcard = asked.mediaType === '*/*' || asked.mediaType === 'application/*';
  if (!wildcard && asked.mediaType !== applicationDicom) return [];
  if (resource !== 'instance' && !asked.multipart && !wildcard) return [];
  const multipart = asked.multipart || resource !== 'instance';
  const named = asked.transferSyntaxes.length > 0 ? asked.transferSyntaxes : [wildcard ? '*' : explicitVrLittleEndian];
  return named
    .filter((transferSyntax) => nameable === 'any' || nameable.has(transferSyntax))
    .map((transferSyntax) => ({ multipart, mediaType: applicationDicom, transferSyntax, quality: asked.quality }));
}

/** How an instance of the stored syntax is answered. */
export function matchInstance(selection: Selection, stored: string, canTranscode: CanTranscode = () => true): Match {
  return bestMatch(selection, (acceptable) => {
    const { transferSyntax, mediaType } = acceptable;
    if (transferSyntax === '*' || transferSyntax === stored) return { kind: 'as-stored', acceptable, mediaType, transferSyntax: stored };
    return canTranscode(stored, transferSyntax) ? { kind: 'transcode', acceptable, mediaType, transferSyntax } : { kind: 'not-acceptable' };
  });
}
