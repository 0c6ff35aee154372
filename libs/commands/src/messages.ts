import { checkHead } from './check-head.js';
import { UnreadableCommandError } from './unreadable-command-error.js';

/** The attributes of a study or series that one instance brings. */
export interface LevelAttributes {
  /** DICOM JSON members of the level, joined by commas, without braces, ascending; only valid ones. */
  readonly members: string;
  /** Normalised values of the searchable columns, by column name; absent when empty or invalid. */
  readonly columns: Readonly<Record<string, string | number>>;
  /** Words of person names for fuzzy search. */
  readonly patientWords?: readonly string[];
  readonly referringWords?: readonly string[];
  /** Values of extended query tags by the key of the tag; only `index` takes them. */
  readonly tags?: Readonly<Record<string, TagValue>>;
}

/** The value of an extended query tag. */
export interface TagValue {
  /** Normalised. */
  readonly value: string;
  /** Of a person name: its words, folded. */
  readonly words?: readonly string[];
  /** The DICOM JSON member `{"vr":…}`. */
  readonly member: string;
}

interface CommandBase {
  /** Names the command in decisions; a repeated command has the same id. That of a store is its version. */
  readonly id: string;
  readonly partition: string;
  /** Milliseconds since 1970: later it is refused. Absent for derived commands. */
  readonly deadline?: number;
  /** Replica that waits for the outcome; absent when nobody does. */
  readonly asker?: string;
  readonly study: string;
}

/** A version of an instance whose object is durable: it becomes the instance of now, or its object goes. */
interface VersionCommand extends CommandBase {
  readonly series: string;
  readonly sop: string;
  readonly sopClass: string;
  readonly transferSyntax: string;
  readonly version: string;
  readonly objectKey: string;
  readonly size: number;
  readonly sha256: string;
  readonly frameCount: number;
  readonly storedBy: string;
  readonly storedAt: string;
  readonly studyAttributes: LevelAttributes;
  readonly seriesAttributes: LevelAttributes;
  readonly instanceAttributes: LevelAttributes;
  /** JSON: [{path, offset, length, vr}]. */
  readonly bulk: string;
  /** Set when metadata or frame table are objects of their own. */
  readonly metadataKey?: string;
  readonly frameTableKey?: string;
}

/** `isocenter.store-instance.v1` */
export interface StoreInstance extends VersionCommand {
  readonly type: 'store-instance';
  /** `create` refuses other bytes under the same UIDs, `replace` puts them in the place of the old ones. */
  readonly mode: 'create' | 'replace';
}

/** `isocenter.update-instance.v1`: derived. What an operation made of the version that was the latest. */
export interface UpdateInstance extends VersionCommand {
  readonly type: 'update-instance';
  /** Refused when this is no longer the version of now. */
  readonly baseVersion: string;
  /** The operation. */
  readonly updateId: string;
}

/** `isocenter.restore-instance.v1`: derived. A version that was accepted before, described anew from its object: of the journal, or of the row that it has. */
export interface RestoreInstance extends VersionCommand {
  readonly type: 'restore-instance';
  /** `original`: what the version of now was made from, whose metadata are kept beside it. */
  readonly part: 'latest' | 'original';
  /** Orders of store that its study, its series and the instance had: its restoration is done with it. Absent: it is made anew in its row. */
  readonly ordinals?: readonly number[];
  /** The operation that made the version of an earlier one, and what was sent first. */
  readonly updateId?: string;
  readonly original?: OriginalVersion;
}

/** What was sent first, beside what an operation made of it. */
export interface OriginalVersion {
  readonly version: string;
  readonly objectKey: string;
  readonly size: number;
  readonly sha256: string;
}

/** What travels beside the head of a command that brings a version, as bytes. */
export interface StoreInstanceBody {
  /** When `metadataKey` is set: the short form, valid members that may be searched for, to which no marks belong; empty in commands of v0.1.0. */
  readonly metadata: Buffer;
  /** Little-endian uint32 triples. */
  readonly marks: Buffer;
  /** Empty when `frameTableKey` is set or there are no frames. */
  readonly frameTable: Buffer;
}

/** `isocenter.delete-instances.v1`: all instances of a study, of a series, or one. */
export interface DeleteInstances extends CommandBase {
  readonly type: 'delete-instances';
  readonly series?: string;
  readonly sop?: string;
  readonly deletedBy: string;
  /** Chunks after the first: the command that they finish, and where its scope ends. */
  readonly chunkOf?: { readonly id: string; readonly asker?: string; readonly belowOrdinal: number; readonly deleted: number; readonly chunk: number };
}

/** `isocenter.refresh-levels.v1`: derived. The attributes of a study and its series are made anew of those of their instances. */
export interface RefreshLevels extends CommandBase {
  readonly type: 'refresh-levels';
}

/** `isocenter.check-study.v1`: derived. The rows of a study and its series are compared with those of its instances. */
export interface CheckStudy extends CommandBase {
  readonly type: 'check-study';
  /** What differs is made anew. */
  readonly mend: boolean;
  /** Instances of whose version no change was found: one is announced when `mend` is said. */
  readonly withoutChange?: readonly { readonly series: string; readonly sop: string; readonly version: string }[];
}

/** `isocenter.reindex-instances.v1`: derived. The values that a study's instances have for extended query tags are taken. */
export interface ReindexInstances extends CommandBase {
  readonly type: 'reindex-instances';
  /** Keys of the tags; those that are not there any more are passed over. */
  readonly tags: readonly number[];
  /** Instances behind this ordinal; -1 for all. */
  readonly afterOrdinal: number;
  /** Chunks after the first: the command that they finish, and what was done until then. */
  readonly chunkOf?: { readonly id: string; readonly asker?: string; readonly chunk: number; readonly count: number; readonly errors: number };
}

export type Command = StoreInstance | UpdateInstance | RestoreInstance | DeleteInstances | RefreshLevels | CheckStudy | ReindexInstances;

/** Whether objects wait for the decision of a command. */
export function bringsVersion(command: Command): command is StoreInstance | UpdateInstance {
  return command.type === 'store-instance' || command.type === 'update-instance';
}

const NO_BODY: StoreInstanceBody = { metadata: Buffer.alloc(0), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) };

/** Layout of a command's value: version byte 1, then four blocks, each a uint32 length (little endian) and bytes: head JSON, metadata, marks, frame table. */
export function encodeCommand(command: Command, body: StoreInstanceBody = NO_BODY): Buffer {
  const blocks = [Buffer.from(JSON.stringify(command)), body.metadata, body.marks, body.frameTable];
  const parts: Buffer[] = [Buffer.of(1)];
  for (const block of blocks) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** Throws UnreadableCommandError. */
export function decodeCommand(value: Buffer): { command: Command; body: StoreInstanceBody } {
  if (value[0] !== 1) throw new UnreadableCommandError(`its layout is version ${value[0]}, this program reads version 1`);
  const blocks: Buffer[] = [];
  let at = 1;
  for (let i = 0; i < 4; i += 1) {
    if (at + 4 > value.length) throw new UnreadableCommandError('it ends early');
    const length = value.readUInt32LE(at);
    if (at + 4 + length > value.length) throw new UnreadableCommandError('it ends early');
    blocks.push(value.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const command = parseHead(blocks[0]!);
  return { command, body: { metadata: blocks[1]!, marks: blocks[2]!, frameTable: blocks[3]! } };
}

function parseHead(head: Buffer): Command {
  let parsed: unknown;
  try {
    parsed = JSON.parse(head.toString());
  } catch (error) {
    throw new UnreadableCommandError('its head is not JSON', error);
  }
  checkHead(parsed);
  return parsed;
}
