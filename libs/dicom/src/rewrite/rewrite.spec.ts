import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { EXPLICIT_LE, explicitLe, file, preamble } from '../../test/build-file.js';
import { rewrite, scanRoot } from '../../test/rewrite-file.js';
import { sampleFiles } from '../../test/sample-files.js';
import { keptValue, scanBytes } from '../../test/scan-bytes.js';
import { describeInstance } from '../describe-instance.js';
import { type ElementChange } from './element-change.js';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './product-uid.js';

const fixtures = join(import.meta.dirname, '../../test/fixtures');
const files: Record<string, Buffer> = { ...sampleFiles };
for (const path of readdirSync(fixtures, { recursive: true }) as string[]) {
  if (path.endsWith('.dcm') && !path.startsWith('invalid')) files[path] = readFileSync(join(fixtures, path));
}

/** Replaced, new in the middle, new behind all of their group, made empty, of odd length. */
const changes: ElementChange[] = [
  { tag: 0x00100010, vr: 'PN', text: 'New^Name' },
  { tag: 0x00100020, vr: 'LO', text: 'ODD' },
  { tag: 0x00102201, vr: 'LO', text: 'felis catus' },
  { tag: 0x00081030, vr: 'LO', text: '' },
  { tag: 0x00403001, vr: 'LO', text: 'one\\two' },
];
const touched = new Set(changes.map(({ tag }) => tag));
const groups = new Set([...touched].map((tag) => tag >>> 16));

type Members = Record<string, { vr: string; Value?: unknown[] }>;
const membersOf = async (bytes: Buffer): Promise<Members> => JSON.parse(describeInstance(await scanBytes(bytes)).metadata.json.toString()) as Members;
const key = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0');

/** The bytes that a scan's offsets count in. */
async function asScanned(bytes: Buffer): Promise<Buffer> {
  const { scanned, starts } = await scanRoot(bytes);
  if (!scanned.deflated) return bytes;
  const from = starts[rootTags(scanned).findIndex((tag) => tag >>> 16 !== 2)]!;
  return Buffer.concat([bytes.subarray(0, from), inflateRawSync(bytes.subarray(from))]);
}

function rootTags({ elements }: { elements: { count: number; tags: Uint32Array; ends: Uint32Array } }): number[] {
  const tags: number[] = [];
  for (let row = 0; row < elements.count; row = elements.ends[row]!) tags.push(elements.tags[row]!);
  return tags;
}

/** Header and value of each element of the data set that was not to be touched. */
async function untouched(bytes: Buffer): Promise<string[]> {
  const plain = await asScanned(bytes);
  const { scanned, starts, end } = await scanRoot(bytes);
  return rootTags(scanned).flatMap((tag, at) => {
    if (tag >>> 16 === 2 || touched.has(tag) || ((tag & 0xffff) === 0 && groups.has(tag >>> 16))) return [];
    return [`${key(tag)} ${plain.toString('hex', starts[at]!, starts[at + 1] ?? end)}`];
  });
}

describe('a rewrite', () => {
  it.each(Object.keys(files))('of %s, then it reads as the file with the changes, and every other element has the same bytes', async (name) => {
    const before = files[name]!;
    const { bytes: after } = await rewrite(before, changes);
    const expected = Object.fromEntries(Object.entries(await membersOf(before)).filter(([tag]) => !groups.has(Number.parseInt(tag.slice(0, 4), 16)) || !tag.endsWith('0000')));
    Object.assign(expected, {
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'New^Name' }] }, '00100020': { vr: 'LO', Value: ['ODD'] }, '00102201': { vr: 'LO', Value: ['felis catus'] },
      '00081030': { vr: 'LO' }, '00403001': { vr: 'LO', Value: ['one', 'two'] },
    });
    expect(await membersOf(after)).toEqual(expected);
    expect(await untouched(after)).toEqual(await untouched(before));
    if (name.includes('deflated')) expect(after.length % 2).toBe(0);
  });

  it.each(Object.keys(files))('of %s in other chunks, then the same bytes', async (name) => {
    const [one, other] = [await rewrite(files[name]!, changes, 7), await rewrite(files[name]!, changes, 65_536)];
    expect(one.bytes.equals(other.bytes)).toBe(true);
  });

  it.each(Object.keys(files))('of %s, then the changed elements stand in order where the others do', async (name) => {
    const before = rootTags((await scanRoot(files[name]!)).scanned);
    const after = rootTags((await scanRoot((await rewrite(files[name]!, changes)).bytes)).scanned);
    const ascends = (tags: number[]): boolean => tags.every((tag, at) => at === 0 || tags[at - 1]! < tag);
    if (ascends(before)) expect(ascends(after)).toBe(true);
    for (const tag of touched) expect(after.filter((found) => found === tag)).toHaveLength(1);
  });

  it('then the File Meta names this product and has a right group length', async () => {
    const { scanned, starts } = await scanRoot((await rewrite(sampleFiles['explicit LE']!, changes)).bytes);
    expect(keptValue(scanned, 0x00020012)?.toString().replace(/\0$/, '')).toBe(IMPLEMENTATION_CLASS_UID);
    expect(keptValue(scanned, 0x00020013)?.toString().trim()).toBe(IMPLEMENTATION_VERSION_NAME);
    expect(IMPLEMENTATION_VERSION_NAME.length).toBeLessThanOrEqual(16);
    const dataSet = starts[rootTags(scanned).findIndex((tag) => tag >>> 16 !== 2)]!;
    expect(keptValue(scanned, 0x00020000)!.readUInt32LE()).toBe(dataSet - starts[1]!);
  });

  it('given a file with Pixel Data, then they are one range of the source to its end', async () => {
    const source = sampleFiles['offset table']!;
    const { plan } = await rewrite(source, changes);
    const last = plan.pieces.at(-1) as { from: number };
    expect(last).toEqual({ from: expect.any(Number) });
    expect(last.from).toBeLessThan((await scanRoot(source)).scanned.pixelData!.offset);
  });
});

describe('text of a rewrite', () => {
  const made = (characterSet: string | undefined, ...others: Buffer[]): Buffer => file(EXPLICIT_LE, ...(characterSet === undefined ? [] : [explicitLe.element(0x00080005, 'CS', characterSet)]), explicitLe.element(0x00080060, 'CS', 'OT'), ...others);
  const name = async (bytes: Buffer, text: string): Promise<{ written: unknown; declared: string }> => {
    const after = (await rewrite(bytes, [{ tag: 0x00100010, vr: 'PN', text }])).bytes;
    const declared = keptValue(await scanBytes(after), 0x00080005)?.toString().trim() ?? '';
    return { written: (await membersOf(after))['00100010']!.Value, declared };
  };

  it.each([
    ['ISO_IR 100', 'Buc^Jérôme'], ['ISO_IR 101', 'Wałęsa'], ['ISO_IR 144', 'Люкceмбypг'], ['ISO_IR 126', 'Διονυσιος'], ['ISO_IR 166', 'สมชาย'],
    ['ISO_IR 13', 'ﾔﾏﾀﾞ^ﾀﾛｳ'], ['ISO_IR 192', 'Wang^小東'], ['GBK', 'Wang^小东'], ['GB18030', 'Wang^小东'],
    ['\\ISO 2022 IR 87', 'Yamada^Tarou=山田^太郎=やまだ^たろう'], ['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞=홍^길동'], ['\\ISO 2022 IR 58', 'Wang^XiaoDong=王^小东'],
    ['ISO 2022 IR 13\\ISO 2022 IR 87', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'], ['ISO 2022 IR 100\\ISO 2022 IR 144', 'Jérôme^Люк'],
  ])('given %s, which can express %s, then it stays', async (characterSet, text) => {
    const [Alphabetic, Ideographic, Phonetic] = text.split('=');
    expect(await name(made(characterSet), text)).toEqual({ declared: characterSet.trim(), written: [{ Alphabetic, ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) }] });
  });

  it.each([undefined, '', 'ISO_IR 6', 'ISO_IR 100', '\\ISO 2022 IR 58', 'no such set'])('given %s, which cannot express the name, and plain text beside it, then the file is declared ISO_IR 192', async (characterSet) => {
    expect(await name(made(characterSet, explicitLe.element(0x00081030, 'LO', 'Plain')), 'Люк^한국')).toEqual({ declared: 'ISO_IR 192', written: [{ Alphabetic: 'Люк^한국' }] });
  });

  it('given undeclared text that is UTF-8 already, then it is declared so', async () => {
    expect(await name(made(undefined, explicitLe.element(0x00081030, 'LO', Buffer.from('é ', 'utf8'))), 'Люк')).toMatchObject({ declared: 'ISO_IR 192' });
  });

  it('given other text that would read otherwise, at any depth, then it is refused, and no value is told', async () => {
    const nested = explicitLe.sequence(0x00081140, [explicitLe.item(explicitLe.element(0x00081030, 'LO', Buffer.from('é ', 'latin1')))]);
    for (const bytes of [made('ISO_IR 100', explicitLe.element(0x00081030, 'LO', Buffer.from('é ', 'latin1'))), made('ISO_IR 100', nested)]) {
      await expect(name(bytes, 'Люк')).rejects.toThrow(/^\(0010,0010\) has characters that the instance's Specific Character Set cannot express/);
    }
  });

  it('given the old value of the changed attribute alone would read otherwise, then it is no obstacle', async () => {
    expect(await name(made('ISO_IR 100', explicitLe.element(0x00100010, 'PN', Buffer.from('é ', 'latin1'))), 'Люк')).toMatchObject({ declared: 'ISO_IR 192' });
  });

  it('given a value that no short header can hold, then it is refused', async () => {
    await expect(rewrite(made(undefined), [{ tag: 0x00101000, vr: 'LO', text: 'x'.repeat(0x10000) }])).rejects.toThrow(/^\(0010,1000\) would have a value of 65536 bytes/);
  });

  it('given a data set that ends before the change, then it is added at the end, before padding zeros', async () => {
    const bytes = Buffer.concat([preamble, made(undefined).subarray(132), Buffer.alloc(20)]);
    const after = (await rewrite(bytes, [{ tag: 0x00100020, vr: 'LO', text: 'P' }])).bytes;
    expect(keptValue(await scanBytes(after), 0x00100020)?.toString()).toBe('P ');
    expect(after.subarray(-20)).toEqual(Buffer.alloc(20));
  });
});
