import { isAbsolute } from 'node:path';
import { httpUrl, type Parse } from './parse-value.js';

/** A folder of the machine, or of a volume that all replicas see. */
export interface FolderPlace {
  readonly name: string;
  readonly type: 'file';
  /** Absolute. */
  readonly folder: string;
}

export interface BucketPlace {
  readonly name: string;
  readonly type: 's3';
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Where exports may go, or imports come from. Clients know its name only. */
export type StoragePlace = FolderPlace | BucketPlace;

const MEMBERS = { file: ['folder'], s3: ['endpoint', 'bucket', 'accessKey', 'secretKey'] } as const;
const OPTIONAL: readonly string[] = ['region'];
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A JSON list of destinations or sources, as errors call them. Whatever is wrong, an error repeats no value: some are keys. */
export const storagePlaces = (noun: 'destination' | 'source'): Parse<readonly StoragePlace[]> => (value) => {
  const list = parseJson(value);
  if (!Array.isArray(list)) throw new RangeError('a JSON list of {"name", "type": "file", "folder"} and {"name", "type": "s3", "endpoint", "region", "bucket", "accessKey", "secretKey"}');
  const places = list.map((given, at) => readPlace(given, `${noun} ${at + 1}`));
  const names = new Set(places.map(({ name }) => name.toLowerCase()));
  if (names.size < places.length) throw new RangeError('names that differ by more than the case of their letters');
  return places;
};

/** Names and types; the rest is for nobody but the server. */
export function showPlaces(places: readonly StoragePlace[]): string {
  return places.map(({ name, type }) => `${name} (${type})`).join(', ');
}

function readPlace(given: unknown, which: string): StoragePlace {
  const members = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  const fault = (allowed: string): RangeError => new RangeError(`of ${which} ${allowed}`);
  const { name, type } = members;
  if (typeof name !== 'string' || !NAME.test(name)) throw fault("a name of 1 to 64 letters, digits, '.', '-' and '_'");
  if (type !== 'file' && type !== 's3') throw fault('the type "file" or "s3"');
  const needed: readonly string[] = MEMBERS[type];
  for (const member of needed) if (typeof members[member] !== 'string' || members[member] === '') throw fault(`a text as ${member}`);
  const unknown = Object.keys(members).find((member) => !['name', 'type', ...needed, ...(type === 's3' ? OPTIONAL : [])].includes(member));
  if (unknown !== undefined) throw fault(`only name, type, ${[...needed, ...(type === 's3' ? OPTIONAL : [])].join(', ')}`);
  const text = (member: string): string => members[member] as string;
  if (type === 'file') {
    if (!isAbsolute(text('folder'))) throw fault('an absolute path as folder');
    return { name, type, folder: text('folder') };
  }
  if (!BUCKET.test(text('bucket'))) throw fault('the name of a bucket as bucket');
  const region = members.region ?? 'us-east-1';
  if (typeof region !== 'string' || region === '') throw fault('a text as region');
  return { name, type, endpoint: readEndpoint(text('endpoint'), fault), region, bucket: text('bucket'), accessKey: text('accessKey'), secretKey: text('secretKey') };
}

function readEndpoint(text: string, fault: (allowed: string) => RangeError): string {
  try {
    return httpUrl(text);
  } catch (error) {
    throw fault(`as endpoint ${(error as Error).message}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
