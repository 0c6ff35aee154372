import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { Transform } from 'node:stream';

export interface Compressor {
  /** Content-Encoding (RFC 9110 §8.4.1, RFC 8878). */
  readonly name: 'zstd' | 'gzip';
  readonly create: () => Transform;
}

const CHUNK = 256 * 1024;

/** The metadata of a series repeats itself so much that the fastest levels compress it tenfold, and the scripts of a viewer fourfold. */
const COMPRESSORS: readonly Compressor[] = [
  { name: 'zstd', create: () => createZstdCompress({ chunkSize: CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } }) },
  { name: 'gzip', create: () => createGzip({ level: 1, chunkSize: CHUNK }) },
];

/** The best coding that an Accept-Encoding header takes (RFC 9110 §12.5.3); undefined: send as it is. */
export function chooseCompressor(acceptEncoding: string | undefined): Compressor | undefined {
  const qualities = new Map((acceptEncoding ?? '').split(',').map((member) => {
    const [name = '', ...parameters] = member.split(';').map((text) => text.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    return [name, q === undefined ? 1 : Number(q.slice(2))] as const;
  }));
  const quality = ({ name }: Compressor): number => qualities.get(name) ?? qualities.get('*') ?? 0;
  return COMPRESSORS.filter((compressor) => quality(compressor) > 0).sort((one, other) => quality(other) - quality(one))[0];
}
