import { deflatesDataSet } from './data-set-encoding.js';

const GROUP_LENGTH = 0x00020000;
const TRANSFER_SYNTAX_UID = 0x00020010;

/** What the File Meta Information says about the bytes behind it (PS3.10 §7.1). */
export class FileMeta {
  /** Whether there is any. */
  present = false;
  /** (0002,0010) without padding; '' until it has passed. */
  transferSyntaxUid = '';
  /** Where (0002,0000) says that group 0002 ends; NaN when it does not say. */
  private end = NaN;

  /** @param behind offset behind the value */
  learn(tag: number, value: Buffer, behind: number): void {
    if (tag === GROUP_LENGTH && value.length === 4) this.end = behind + value.readUInt32LE(0);
    if (tag === TRANSFER_SYNTAX_UID) this.transferSyntaxUid = value.toString('latin1').replace(/[\0 ]+$/, '').trim();
  }

  get deflates(): boolean {
    return deflatesDataSet(this.transferSyntaxUid);
  }

  /** Deflated bytes may look like group 0002: where the group length is right, it decides. */
  deflatesFrom(offset: number): boolean {
    return offset === this.end && this.deflates;
  }
}
