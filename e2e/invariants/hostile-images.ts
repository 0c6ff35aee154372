import { image } from '../http/stored-images.js';
import { itemHead, sequenceEnd } from '../support/dicom-writer.js';

export interface HostileImage {
  readonly name: string;
  readonly bytes: Buffer;
}

const seeds = ['jpeg-50/u8.dcm', 'jpeg-70/u16.dcm', 'jpeg-ls-80/u12.dcm', 'j2k-90/u16.dcm', 'htj2k-201/u16.dcm', 'rle-5/u16.dcm'];

/** Instances whose pixel data are certainly wrong, in data sets that are right but for their size. */
export const hostileImages = (): HostileImage[] => seeds.flatMap((seed) => {
  const good = image(seed);
  const start = startOfFrame(good);
  const edited = (edit: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    edit(bytes);
    return bytes;
  };
  const sizes = sizeOffsets(good, start);
  const images: [string, Buffer][] = [
    ['65535 × 65535 in the data set', edited((bytes) => saySize(bytes, 65535))],
    ['10000 × 10000 in the data set', edited((bytes) => saySize(bytes, 10000))],
    ['nothing behind the first bytes', edited((bytes) => bytes.fill(0, start + 80, good.length - sequenceEnd.length))],
    ['junk', edited((bytes) => bytes.fill('junk', start, good.length - sequenceEnd.length))],
    ['no fragments', Buffer.concat([good.subarray(0, start - itemHead(0).length), sequenceEnd])],
  ];
  if (sizes.length > 0) {
    const lying = (both: boolean): Buffer => edited((bytes) => {
      for (const { at, width } of sizes) bytes.writeUIntBE(65535, at, width);
      if (both) saySize(bytes, 65535);
    });
    images.push(['65535 × 65535 in the codestream', lying(false)], ['65535 × 65535 in codestream and data set', lying(true)]);
  } else {
    images.push(['4294967295 segments', edited((bytes) => bytes.writeUInt32LE(0xffffffff, start))], ['a segment behind the end', edited((bytes) => bytes.writeUInt32LE(0xfffffff0, start + 8))]);
  }
  return images.map(([name, bytes]) => ({ name: `${seed}: ${name}`, bytes }));
});

/** Of the bytes of the one fragment, behind an offset table. */
const startOfFrame = (file: Buffer): number => {
  const pixelData = file.lastIndexOf(Buffer.from('e07f10004f420000ffffffff', 'hex'));
  const table = pixelData + 12;
  return table + 8 + file.readUInt32LE(table + 4) + 8;
};

/** Where the codestream says its height and width: SOF of JPEG (two bytes each), SIZ of JPEG 2000 (four). */
const sizeOffsets = (file: Buffer, start: number): { at: number; width: number }[] => {
  const siz = file.indexOf(Buffer.from('ff4fff51', 'hex'), start);
  if (siz >= 0) return [8, 12].map((offset) => ({ at: siz + offset, width: 4 }));
  const sof = [0xc0, 0xc1, 0xc3, 0xf7].map((marker) => file.indexOf(Buffer.of(0xff, marker), start)).filter((at) => at >= 0);
  if (file.readUInt16BE(start) !== 0xffd8 || sof.length === 0) return [];
  return [5, 7].map((offset) => ({ at: Math.min(...sof) + offset, width: 2 }));
};

/** Rows (0028,0010) and Columns (0028,0011). */
const saySize = (file: Buffer, size: number): void => {
  for (const element of ['280010005553', '280011005553']) file.writeUInt16LE(size, file.indexOf(Buffer.from(element, 'hex')) + 8);
};

/** The file as an instance of its own: another last part of its SOP Instance UID, of the same length. */
export const renamed = (file: Buffer, number: number): Buffer => {
  const element = file.indexOf(Buffer.from('080018005549', 'hex'));
  const uid = file.subarray(element + 8, element + 8 + file.readUInt16LE(element + 6));
  const copy = Buffer.from(file);
  const digits = String(1000 + number);
  for (let at = file.indexOf(uid); at >= 0 && at <= element + 8; at = file.indexOf(uid, at + 1)) copy.write(digits, at + uid.toString('latin1').replace(/\0$/, '').length - digits.length, 'latin1');
  return copy;
};
