import { describe, it, expect } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { NOT_KEPT } from '../element-table.js';
import { sampleFiles } from '../../test/sample-files.js';
import { scanBytes } from '../../test/scan-bytes.js';

/** Not read rightly by dicom-parser: 64-bit VRs, deflated data sets, files without prefix. */
const unread = new Set(['deflated', 'sequences', 'extended offset table', 'bare data set']);

function flatten(dataSet: DataSet, rows: string[] = []): string[] {
  for (const element of Object.values(dataSet.elements).sort((a, b) => a.dataOffset - b.dataOffset)) {
    if (element.tag === 'xfffee00d') continue;
    rows.push(`${element.tag.slice(1)} ${element.dataOffset}${element.items || element.hadUndefinedLength ? '' : ` ${element.length}`}`);
    for (const item of element.items ?? []) if (item.dataSet) flatten(item.dataSet, rows);
  }
  return rows;
}

describe('given dicom-parser as a second opinion', () => {
  it.each(Object.entries(sampleFiles).filter(([name]) => !unread.has(name)))('%s: tags, offsets and lengths agree', async (_name, bytes) => {
    const { elements, pixelData } = await scanBytes(bytes);
    const rows: string[] = [];
    for (let row = 0; row < elements.count; row++) {
      if (elements.tags[row] === 0xfffee000) continue;
      const isValue = elements.kept[row] !== NOT_KEPT || (pixelData !== undefined && !pixelData.encapsulated && elements.valueOffsets[row] === pixelData.offset);
      rows.push(`${elements.tags[row]!.toString(16).padStart(8, '0')} ${elements.valueOffsets[row]}${isValue ? ` ${elements.lengths[row]}` : ''}`);
    }
    expect(rows).toEqual(flatten(dicomParser.parseDicom(bytes, { vrCallback: (tag) => (tag === 'x00081140' ? 'SQ' : undefined) })));
  });
});
