import { frameMediaTypeOf } from './frame-media-types.js';

/** Media types of Encapsulated Document Storage by SOP class (PS3.18 §8.7.4). What the instance says of itself is not asked: a sender could name any. */
const bySopClass: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10008.5.1.4.1.1.104.1', 'application/pdf'],
  ['1.2.840.10008.5.1.4.1.1.104.2', 'text/xml'],
  ['1.2.840.10008.5.1.4.1.1.104.3', 'model/stl'],
  ['1.2.840.10008.5.1.4.1.1.104.4', 'model/obj'],
  ['1.2.840.10008.5.1.4.1.1.104.5', 'model/mtl'],
]);

/** What is rendered as it is stored: documents and videos. */
export const documentTypes: readonly string[] = [...bySopClass.values(), 'video/mpeg', 'video/mp4'];

/** @returns undefined for an instance that is neither document nor video */
export function documentTypeOf({ sopClass, transferSyntax }: { readonly sopClass: string; readonly transferSyntax: string }): string | undefined {
  const ofSyntax = frameMediaTypeOf(transferSyntax);
  return bySopClass.get(sopClass) ?? (ofSyntax.startsWith('video/') ? ofSyntax : undefined);
}
