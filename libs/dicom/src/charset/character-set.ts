import { isUtf8 } from 'node:buffer';

import { convertBytes } from 'dicom-character-set';

/** Sets that files use by escape sequence without declaring them; tried after the declared ones (PS3.3 C.12.1.1.2). */
const UNDECLARED = '\\ISO 2022 IR 6\\ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149\\ISO 2022 IR 58';

/** Labels that PS3.3 does not define but writers use. */
const ALIASES: Readonly<Record<string, string>> = {
  'UTF-8': 'ISO_IR 192', UTF8: 'ISO_IR 192', UNICODE: 'ISO_IR 192', LATIN1: 'ISO_IR 100', 'LATIN-1': 'ISO_IR 100', 'ISO8859-1': 'ISO_IR 100',
  'ISO-8859-1': 'ISO_IR 100', 'ISO 8859-1': 'ISO_IR 100', ASCII: 'ISO_IR 6', 'US-ASCII': 'ISO_IR 6', GB2312: 'GBK',
  'ISO_IR 87': 'ISO 2022 IR 87', 'ISO_IR 149': 'ISO 2022 IR 149', 'ISO_IR 159': 'ISO 2022 IR 159', 'ISO_IR 58': 'ISO 2022 IR 58',
};

/** The text encoding of one value of Specific Character Set (0008,0005). */
export class CharacterSet {
  /** As the library wants it: '' is the default repertoire. */
  readonly label: string;
  readonly isUtf8: boolean;
  /** True once a value was not encoded as declared and was read as Latin-1. */
  guessed = false;

  private constructor(specificCharacterSet: string) {
    this.label = specificCharacterSet.split('\\').map(normalLabel).join('\\');
    this.isUtf8 = this.label.startsWith('ISO_IR 192');
  }

  static of(specificCharacterSet: string): CharacterSet {
    return new CharacterSet(specificCharacterSet);
  }

  /**
   * Text that is not plain ASCII, with its delimiters. Invalid UTF-8 becomes U+FFFD; text whose set is not declared is
   * UTF-8 where it reads as such, else Latin-1.
   */
  decode(bytes: Buffer, vr: string): string {
    if (this.isUtf8) return bytes.toString('utf8');
    if ((this.label === '' || this.label === 'ISO_IR 6') && !bytes.includes(0x1b)) return undeclared(bytes);
    if (this.label === 'ISO_IR 203' || this.label === 'ISO 2022 IR 203') return new TextDecoder('iso-8859-15').decode(bytes);
    try {
      return convertBytes(this.label, bytes, { vr });
    } catch {
      return this.decodeUndeclaredEscapes(bytes, vr);
    }
  }

  private decodeUndeclaredEscapes(bytes: Buffer, vr: string): string {
    try {
      return convertBytes(this.label + UNDECLARED, bytes, { vr });
    } catch {
      this.guessed = true;
      return undeclared(bytes);
    }
  }
}

function undeclared(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

function normalLabel(label: string): string {
  const trimmed = label.replace(/[\s\0]+$/, '').trim().toUpperCase();
  const registered = /^ISO[_ -]?(2022)?[_ -]?IR[_ -]?(\d+)$/.exec(trimmed);
  const standard = registered === null ? trimmed : `${registered[1] === undefined ? 'ISO_IR' : 'ISO 2022 IR'} ${registered[2]}`;
  return ALIASES[standard] ?? standard;
}
