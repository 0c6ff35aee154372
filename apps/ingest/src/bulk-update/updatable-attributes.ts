import { keywordOfTag } from '@isocenter/dicom';

/** What a bulk update may change: top-level attributes of these modules (Azure dialect, "Bulk update"). `many`: PS3.6 allows several values. */
interface UpdatableAttribute {
  readonly tag: number;
  readonly many: boolean;
}

const one = (...tags: readonly number[]): UpdatableAttribute[] => tags.map((tag) => ({ tag, many: false }));
const many = (...tags: readonly number[]): UpdatableAttribute[] => tags.map((tag) => ({ tag, many: true }));

const attributes: readonly UpdatableAttribute[] = [
  // Patient Identification
  ...one(0x00100010, 0x00100020, 0x00100022, 0x00101005, 0x00101060, 0x00101090, 0x00100021),
  ...many(0x00101000, 0x00101001),
  // Patient Demographic
  ...one(0x00101010, 0x00102180, 0x00403001, 0x00100030, 0x00100032, 0x00100040, 0x00101020, 0x00101030, 0x00101040, 0x00101080, 0x00101081, 0x00102150, 0x00102152),
  ...one(0x00102160, 0x001021f0, 0x00104000, 0x00102297, 0x00102298, 0x00102299, 0x00102201, 0x00102292),
  ...many(0x00100200, 0x00102154, 0x00102295),
  // General Study
  ...one(0x00080090, 0x00080050, 0x00081030),
];

export const UPDATABLE: ReadonlyMap<number, UpdatableAttribute> = new Map(attributes.map((attribute) => [attribute.tag, attribute]));
export const UPDATABLE_KEYWORDS: readonly string[] = attributes.map(({ tag }) => keywordOfTag(tag)).sort();
