import type { LevelAttributes, RestoreInstance, StoreInstance, StoreInstanceBody, UpdateInstance } from '@isocenter/commands';
import { buildFrameTable, encodeFrameTable, LARGE_METADATA, type InstanceDescription, type ScannedPart10 } from '@isocenter/dicom';
import { SEARCHABLE_ATTRIBUTES, type Level } from '@isocenter/metadata-store';
import { instancePrefix, type ObjectStore } from '@isocenter/object-store';
import type { Received } from './receive-instance.js';
import type { InstanceIds } from './store-outcome.js';

/** A frame table above this is an object too; small ones are read with the row. */
const INLINE_FRAME_TABLE = 64 * 1024;

/** What a command is asked for, beside the instance itself. */
export type Asked = Pick<StoreInstance, 'id' | 'partition' | 'storedBy'> & (Pick<StoreInstance, 'type' | 'mode'> | Pick<UpdateInstance, 'type' | 'baseVersion' | 'updateId'> | Pick<RestoreInstance, 'type' | 'part' | 'ordinals' | 'updateId' | 'original'>);

/** The bytes of an instance, and where they are. */
export type Bytes = Pick<Received, 'scanned' | 'version' | 'objectKey' | 'size' | 'sha256'>;

export type VersionFields = Omit<StoreInstance, 'type' | 'mode' | 'deadline' | 'asker' | 'id' | 'partition' | 'storedBy'>;

/** The command and its body; large blocks are put beside the object first. */
export async function makeCommand<A extends Asked>(asked: A, received: Bytes, description: InstanceDescription, ids: Required<InstanceIds>, objects: Pick<ObjectStore, 'put'>): Promise<{ command: A & VersionFields; body: StoreInstanceBody }> {
  const { frameTable, frameCount } = frames(received.scanned, description);
  const { json, marks, short } = description.metadata;
  const prefix = instancePrefix({ partition: asked.partition, studyInstanceUid: ids.study, seriesInstanceUid: ids.series, sopInstanceUid: ids.sop }, received.version);
  const beside = async (bytes: Buffer, limit: number, ending: string): Promise<string | undefined> => {
    if (bytes.length <= limit) return undefined;
    await objects.put(`${prefix}.${ending}`, bytes);
    return `${prefix}.${ending}`;
  };
  // Large metadata are an object, and only their short form travels in the log (DESIGN §3.3).
  const metadataKey = await beside(json, LARGE_METADATA, 'metadata');
  const frameTableKey = await beside(frameTable, INLINE_FRAME_TABLE, 'frames');
  const fields: VersionFields = {
    ...ids,
    version: received.version, objectKey: received.objectKey, size: received.size, sha256: received.sha256,
    transferSyntax: description.transferSyntaxUid, frameCount, storedAt: new Date().toISOString(),
    studyAttributes: attributes('study', description), seriesAttributes: attributes('series', description), instanceAttributes: attributes('instance', description),
    bulk: JSON.stringify(description.bulk), metadataKey, frameTableKey,
  };
  const none = Buffer.alloc(0);
  return { command: { ...asked, ...fields }, body: { metadata: metadataKey ? (short ?? none) : json, frameTable: frameTableKey ? none : frameTable, marks: Buffer.from(marks.buffer, marks.byteOffset, marks.byteLength) } };
}

function frames(scanned: ScannedPart10, { image }: InstanceDescription): { frameTable: Buffer; frameCount: number } {
  const table = buildFrameTable(scanned, image);
  return { frameTable: encodeFrameTable(table), frameCount: table.kind === 'unknown' ? 0 : table.frames };
}

const COLUMN_OF = new Map(SEARCHABLE_ATTRIBUTES.map(({ level, tag, column }) => [`${level}/${tag}`, column === 'seriesDescription' ? 'description' : column]));
const PATIENT_NAME = 0x00100010;
const REFERRING_PHYSICIAN = 0x00080090;

function attributes(level: Level, description: InstanceDescription): LevelAttributes {
  const columns: Record<string, string | number> = {};
  const words: Record<number, readonly string[]> = {};
  for (const value of description.searchValues) {
    const column = value.level === level ? COLUMN_OF.get(`${level}/${value.tag}`) : undefined;
    if (column === undefined) continue;
    columns[column] = value.value;
    if (value.words) words[value.tag] = value.words;
  }
  return { members: description[level].members, columns, patientWords: words[PATIENT_NAME], referringWords: words[REFERRING_PHYSICIAN] };
}
