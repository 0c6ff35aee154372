// Writes src/dictionary/dictionary.generated.ts from ps3.6-*.tsv: columns that load without an object per element.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const table = readdirSync(here).find((name) => /^ps3\.6-.*\.tsv$/.test(name));
if (table === undefined) throw new Error(`There is no ps3.6-<edition>.tsv in ${here}; make_table.py writes it.`);

/** PS3.5 Annex A.1: with implicit VR what may be OB or OW is OW, look-up table data too. 'US or SS' depends on Pixel Representation. */
const resolved = { 'OB or OW': 'OW', 'US or OW': 'OW', 'US or SS or OW': 'OW', 'US or SS': 'US' };

const elements = [];
const repeating = [];
const signedOrUnsigned = [];
for (const line of readFileSync(join(here, table), 'utf8').split('\n')) {
  if (line === '' || line.startsWith('#')) continue;
  const [tag, vr, vm, keyword] = line.split('\t');
  const row = { tag, vr: resolved[vr] ?? vr, vm, keyword };
  (tag.includes('x') ? repeating : elements).push(row);
  if (vr === 'US or SS') signedOrUnsigned.push(tag);
}

const wrap = (items, separator) => {
  const lines = [''];
  for (const item of items) {
    if (lines.at(-1).length + item.length > 150) lines.push('');
    lines[lines.length - 1] += item + separator;
  }
  return lines;
};
const text = (items) => wrap(items, ' ').map((line) => `  '${line}'`).join(' +\n');
const numbers = (items) => wrap(items, ', ').map((line) => `  ${line}`).join('\n');
const column = (name, comment, rows, value) => `/** ${comment} */\nexport const ${name} =\n${text(rows.map(value))};\n`;

const masks = repeating.map(({ tag, vr, keyword }) => {
  const mask = tag.replace(/[^x]/g, 'F').replace(/x/g, '0');
  return `  [0x${mask}, 0x${tag.replace(/x/g, '0')}, '${vr}', '${keyword}'],`;
});

writeFileSync(join(here, '../src/dictionary/dictionary.generated.ts'), [
  `// Made by dictionary/generate.mjs from ${table}; do not edit.\n`,
  `export const EDITION = '${/ps3\.6-(.*)\.tsv/.exec(table)[1]}';\n`,
  `export const TAGS = Uint32Array.of(\n${numbers(elements.map(({ tag }) => `0x${tag}`))}\n);\n`,
  column('VRS', 'VR of each of TAGS.', elements, ({ vr }) => vr),
  column('MULTIPLICITIES', 'VM of each of TAGS.', elements, ({ vm }) => vm),
  column('KEYWORDS', "Keyword of each of TAGS, '-' where it has none.", elements, ({ keyword }) => keyword || '-'),
  '/** Repeating groups: digits that count, their value, VR, keyword. */',
  `export const REPEATING: readonly (readonly [mask: number, value: number, vr: string, keyword: string])[] = [\n${masks.join('\n')}\n];\n`,
  `/** 'US or SS': signed where Pixel Representation is 1. */\nexport const SIGNED_OR_UNSIGNED = [\n${numbers(signedOrUnsigned.map((tag) => `0x${tag}`))}\n];\n`,
].join('\n'));
