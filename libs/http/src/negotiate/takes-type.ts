import { type AcceptRange } from './parse-accept.js';

/** Whether a client takes a media type, by its name or by a wildcard; the more exact member decides (RFC 9110 §12.5.1). */
export function takesType(ranges: readonly AcceptRange[], mediaType: string): boolean {
  const [major] = mediaType.split('/');
  const deciding = [mediaType, `${major}/*`, '*/*'].map((name) => ranges.find(({ type }) => type === name)).find((range) => range !== undefined);
  return deciding !== undefined && deciding.quality > 0;
}
