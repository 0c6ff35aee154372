import { dicomFile, dicomText, explicitLittleEndian, implicitLittleEndian, type FileParts } from '@isocenter/testing';

export const IDS = { study: '1.2.3', series: '1.2.3.4', sop: '1.2.3.4.5', sopClass: '1.2.840.10008.5.1.4.1.1.7' };

type Elements = Readonly<Record<string, readonly [vr: string, value: string] | undefined>>;

/** The elements that identify `IDS`, with others beside or instead; undefined leaves one out. */
export function instanceElements(over: Elements = {}, explicit = true): Buffer {
  const all: Elements = {
    '00080016': ['UI', IDS.sopClass], '00080018': ['UI', IDS.sop], '00100020': ['LO', 'P1'], '0020000D': ['UI', IDS.study], '0020000E': ['UI', IDS.series],
    ...over,
  };
  return dicomText(Object.fromEntries(Object.entries(all).flatMap(([tag, element]) => (element ? [[tag, element]] : []))), explicit);
}

/** A whole file of `IDS`. */
export function instanceFile(over: Elements = {}, parts: Partial<FileParts> = {}): Buffer {
  return dicomFile({ mediaStorageSopClass: IDS.sopClass, dataSet: instanceElements(over, parts.transferSyntax !== implicitLittleEndian), transferSyntax: explicitLittleEndian, ...parts });
}

/** The bytes in chunks, as they come from a socket; each is a buffer of its own. */
export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}
