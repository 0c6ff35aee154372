import { readFile } from 'node:fs/promises';

export interface WitnessRecord {
  readonly kind: 'W' | 'T' | 'R' | 'M' | 'B' | 'S';
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly data: Buffer;
}

const headLength = 23;

/** The records of disk-witness.c in order; the last may have been cut by the kill. */
export const readWitness = async (file: string): Promise<WitnessRecord[]> => {
  const bytes = await readFile(file);
  const records: WitnessRecord[] = [];
  for (let at = 0; at + headLength <= bytes.length; ) {
    const pathEnd = at + headLength + bytes.readUInt16LE(at + 1);
    const end = pathEnd + bytes.readUInt32LE(at + 19);
    if (end > bytes.length) break;
    records.push({
      kind: bytes.toString('latin1', at, at + 1) as WitnessRecord['kind'],
      offset: Number(bytes.readBigUInt64LE(at + 3)), length: Number(bytes.readBigUInt64LE(at + 11)),
      path: bytes.toString('utf8', at + headLength, pathEnd), data: bytes.subarray(pathEnd, end),
    });
    at = end;
  }
  return records;
};
