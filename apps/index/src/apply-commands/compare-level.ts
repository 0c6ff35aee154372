import type { LevelAttributes } from '@isocenter/commands';
import { columnOf, mergeAttributes } from './level-rows.js';

/** Of a row, or of what a row of one set alone would have. */
type Columns = Readonly<Record<string, unknown>>;
type Member = { readonly Value?: readonly unknown[] };

/**
 * What is wrong with the attributes of a study or series, in words that have no value of them. Which of several values is
 * shown follows from the order in which instances came; it must be one that one of them brought, and nothing may be left out.
 */
export function compareLevel<Row extends { readonly attributes: string; readonly azureDefault: string }>(row: Row, sets: readonly LevelAttributes[], columnsOf: (set: LevelAttributes) => object): string[] {
  const wrong: string[] = [];
  if ((columnsOf({ members: row.attributes, columns: {} }) as Columns).azureDefault !== row.azureDefault) wrong.push('What searches answer of it is not what its attributes say.');
  // In any order, each attribute is there that one of them has, with a value if one has one.
  const all = sets.reduce<LevelAttributes | undefined>((older, newer) => (older ? mergeAttributes(older, newer) : newer), undefined);
  if (!all) return [...wrong, 'What its instances brought is not there.'];
  const wanted = membersOf(all.members);
  const shown = membersOf(row.attributes);
  const brought = sets.map((one) => ({ columns: columnsOf(one) as Columns, members: membersOf(one.members) }));
  const tags = new Set([...Object.keys(wanted), ...Object.keys(shown)]);
  for (const tag of tags) {
    const text = JSON.stringify(shown[tag]);
    // An empty one never stands where one has a value.
    const candidates = brought.filter(({ members }) => JSON.stringify(members[tag]) === text && hasValue(members[tag]) === hasValue(wanted[tag]));
    if (candidates.length === 0) wrong.push(`Its attribute ${tag} is none that an instance of it has.`);
    else if (hasValue(shown[tag]) && !candidates.some(({ columns }) => isSearchedAs(tag, row as Columns, columns))) wrong.push(`It is not found by its attribute ${tag}.`);
  }
  return wrong;
}

function membersOf(members: string): Readonly<Record<string, Member | undefined>> {
  try {
    return JSON.parse(`{${members}}`) as Record<string, Member>;
  } catch {
    return {};
  }
}

const hasValue = (member: Member | undefined): boolean => Boolean(member?.Value?.length);

/** Whether the row is found by what a set has for an attribute. */
function isSearchedAs(tag: string, row: Columns, set: Columns): boolean {
  const column = columnOf(tag);
  if (column === undefined) return true;
  const of = WORDS[column];
  return row[column] === set[column] && (of === undefined || wordsOf(row, of) === wordsOf(set, of));
}

/** Places in `words` of a study. */
const WORDS: Readonly<Record<string, number | undefined>> = { patientName: 0, referringPhysician: 1 };
const wordsOf = ({ words }: Columns, of: number): string => JSON.stringify((JSON.parse(words as string) as unknown[])[of]);
