import { azureView } from '@isocenter/dicom';
import { marksOf } from '@isocenter/http';
import type { QueryTagRow } from '@isocenter/metadata-store';
import type { TagValue } from '@isocenter/commands';
import { decodeUnknown } from './decode-unknown.js';
import { tagValueOf, type Member } from './tag-value.js';

type Members = Readonly<Record<string, Member & { readonly InlineBinary?: string; readonly BulkDataURI?: string }>>;
type Tag = Pick<QueryTagRow, 'path' | 'vr' | 'privateCreator'>;

/** What stands in the data set of an instance itself, for extended query tags: whole metadata, or the short form of large ones. */
export class InstanceMembers {
  private readonly bytes: Buffer;
  /** Without bulk data, UN and what is not valid; the short form as it is. */
  private readonly valid: Members;
  private parsed: Members | undefined;

  constructor({ metadata, metadataKey, marks }: { readonly metadata: Uint8Array; readonly metadataKey: string | null; readonly marks: Uint8Array }) {
    this.bytes = Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength);
    if (metadataKey === null) {
      this.valid = parse(Buffer.concat(azureView(this.bytes, marksOf(marks))));
    } else {
      this.parsed = this.valid = parse(this.bytes);
    }
  }

  /** The value for a tag, and 'wrong' when it is not what the VR of the tag says. What is not valid in the file is looked for only with `invalidToo`. */
  valueFor(tag: Tag, invalidToo = false): TagValue | 'wrong' | undefined {
    const key = this.keyOf(tag);
    const member = key === undefined ? undefined : this.valid[key];
    if (member && member.vr !== 'UN') return tagValueOf(tag.vr, member);
    const cut = member ?? (key !== undefined && (invalidToo || this.isUnknown(tag, key)) ? this.all[key] : undefined);
    if (!cut) return undefined;
    if (tag.privateCreator === null || cut.vr !== 'UN') return 'wrong';
    return unknownValue(tag.vr, cut);
  }

  /** Private elements stand in the block that their creator has reserved in this instance (PS3.5 section 7.8.1). */
  private keyOf({ path, privateCreator }: Tag): string | undefined {
    if (privateCreator === null) return path;
    const group = path.slice(0, 4);
    for (let block = 0x10; block <= 0xff; block += 1) {
      const name = block.toString(16).toUpperCase().padStart(2, '0');
      if (this.valid[`${group}00${name}`]?.Value?.[0] === privateCreator) return `${group}${name}${path.slice(6)}`;
    }
    return undefined;
  }

  /** Files with implicit VR, and such as went through one, do not say the VR of a private element; the tag does. */
  private isUnknown({ privateCreator }: Tag, key: string): boolean {
    return privateCreator !== null && this.bytes.includes(`"${key}":{"vr":"UN"`);
  }

  private get all(): Members {
    return (this.parsed ??= parse(this.bytes));
  }
}

function unknownValue(vr: string, { InlineBinary, BulkDataURI }: Members[string]): TagValue | 'wrong' | undefined {
  if (InlineBinary === undefined) return BulkDataURI === undefined ? undefined : 'wrong';
  const member = decodeUnknown(vr, InlineBinary);
  return member ? tagValueOf(vr, member) : 'wrong';
}

function parse(json: Buffer): Members {
  return JSON.parse(json.toString()) as Members;
}
