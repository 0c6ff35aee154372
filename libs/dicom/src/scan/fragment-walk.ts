import { ITEM_TAG } from '../element-table.js';
import { DicomParseError, tagText } from './dicom-parse-error.js';

const UNDEFINED = 0xffffffff;

/** The encapsulated element whose items are passing (PS3.5 §A.4). */
export class FragmentWalk {
  /** Row of the element; -1 when none is passing. */
  row = -1;
  /** Whether its items are the frames of the instance, and not those of an icon. */
  isPixelData = false;
  private tag = 0;
  private items = 0;

  begin(row: number, tag: number, isPixelData: boolean): void {
    this.row = row;
    this.tag = tag;
    this.isPixelData = isPixelData;
    this.items = 0;
  }

  get active(): boolean {
    return this.row >= 0;
  }

  end(): void {
    this.row = -1;
  }

  /**
   * Checks the header of an item; the first one is the Basic Offset Table.
   *
   * @param offset of its value @param bound that the value may not pass
   */
  nextItem(tag: number, length: number, offset: number, bound: number): 'offset table' | 'fragment' {
    if (tag !== ITEM_TAG) throw new DicomParseError('malformed', `A fragment or the Sequence Delimitation Item must stand here, not ${tagText(tag)}`, offset - 8, this.tag);
    if (length === UNDEFINED) throw new DicomParseError('malformed', 'A fragment must have a defined length (PS3.5 §A.4)', offset - 8, this.tag);
    if (length > bound - offset) throw new DicomParseError('malformed', `A fragment of ${length} bytes runs past the end of the item around it`, offset - 8, this.tag);
    return this.items++ === 0 ? 'offset table' : 'fragment';
  }
}
