import { vrCode } from '../element-table.js';
import { type JsonBytes } from './json-bytes.js';

const FD = vrCode('FD');
const FL = vrCode('FL');
const SL = vrCode('SL');
const SS = vrCode('SS');
const SV = vrCode('SV');
const UL = vrCode('UL');
const UV = vrCode('UV');

/** InlineBinary is little endian whatever the file is (PS3.18 F.2.7): `swap` is the width of a number to turn round. */
export function writeBase64(out: JsonBytes, source: Buffer, offset: number, length: number, swap: number): false {
  out.ascii(',"InlineBinary":"');
  if (swap === 1 || length % swap !== 0) out.base64(source, offset, offset + length);
  else {
    const copy = Buffer.from(source.subarray(offset, offset + length));
    if (swap === 2) copy.swap16();
    else if (swap === 4) copy.swap32();
    else copy.swap64();
    out.base64(copy, 0, length);
  }
  out.byte(0x22);
  return false;
}

/** AT: GGGGEEEE. */
export function writeTags(out: JsonBytes, view: DataView, offset: number, length: number, _vr: number, littleEndian: boolean): void {
  out.ascii(',"Value":[');
  for (let at = offset; at + 4 <= offset + length; at += 4) {
    if (at > offset) out.byte(0x2c);
    out.byte(0x22);
    out.hex(view.getUint16(at, littleEndian), 4);
    out.hex(view.getUint16(at + 2, littleEndian), 4);
    out.byte(0x22);
  }
  out.byte(0x5d);
}

/** US SS UL SL FL FD SV UV; a rest that is no whole number is left out. */
export function writeNumbers(out: JsonBytes, view: DataView, offset: number, length: number, vr: number, littleEndian: boolean): void {
  out.ascii(',"Value":[');
  const width = vr === FD || vr === SV || vr === UV ? 8 : vr === UL || vr === SL || vr === FL ? 4 : 2;
  const last = offset + length - width;
  for (let at = offset; at <= last; at += width) {
    if (at > offset) out.byte(0x2c);
    if (width === 2) out.integer(vr === SS ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian));
    else if (vr === UL) out.integer(view.getUint32(at, littleEndian));
    else if (vr === SL) out.integer(view.getInt32(at, littleEndian));
    else if (vr === FL) writeFloat(out, view.getFloat32(at, littleEndian));
    else if (vr === FD) writeFloat(out, view.getFloat64(at, littleEndian));
    else writeLong(out, vr === SV ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian));
  }
  out.byte(0x5d);
}

/** JSON has no NaN and no infinity: they become the strings "NaN", "Infinity", "-Infinity". */
function writeFloat(out: JsonBytes, value: number): void {
  if (Number.isFinite(value)) out.ascii(Object.is(value, -0) ? '-0' : String(value));
  else out.ascii(`"${value}"`);
}

/** PS3.18 table F.2.3-1: a string where a double cannot hold it. */
function writeLong(out: JsonBytes, value: bigint): void {
  const exact = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  out.ascii(exact ? String(value) : `"${value}"`);
}
