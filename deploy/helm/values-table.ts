const BEGIN = '<!-- values: made by `npm run chart:readme` -->';
const END = '<!-- end of values -->';

/** A part of values.schema.json. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly [{ readonly $ref: string }];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The settings have a page of their own, and what an app may have the defaults have too. */
const NOT_OPENED: ReadonlySet<string> = new Set(['settings', 'services']);
/** Helm gives it to every chart. */
const NOT_SHOWN = 'global';

/** The chart's README with the table of values in the place of the one that it has: of the schema what each means, of values.yaml its default. */
export function withValues(readme: string, schema: Schema, values: unknown): string {
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The README has not both lines ${BEGIN} and ${END}.`);
  const rows = [['Value', 'Default', 'Meaning'], ['---', '---', '---'], ...rowsOf(schema, '', schema, values)];
  return `${before}${BEGIN}\n${rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('')}${END}${after}`;
}

/** Throws when values.yaml lacks a value of the schema. */
function rowsOf(schema: Schema, path: string, root: Schema, value: unknown): string[][] {
  const { properties } = resolve(schema, root);
  if (properties === undefined || NOT_OPENED.has(path)) return [[`\`${path}\``, `\`${JSON.stringify(value)}\``, schema.description ?? '']];
  const heading = path !== '' && schema.description !== undefined ? [[`**${path}**`, '', schema.description]] : [];
  const inside = Object.entries(properties).filter(([name]) => name !== NOT_SHOWN).flatMap(([name, part]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`values.yaml has no ${inner}.`);
    return rowsOf(part, inner, root, (value as Record<string, unknown>)[name]);
  });
  return [...heading, ...inside];
}

function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema.allOf?.[0].$ref.replace('#/definitions/', '');
  return reference === undefined ? schema : root.definitions![reference]!;
}
