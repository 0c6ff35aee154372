import { apps, type Setting, settingsTable } from '@isocenter/config';
import { describeSetting } from './describe-setting.js';

const BEGIN = '<!-- settings: made by `npm run settings` -->';
const END = '<!-- end of settings -->';

/** The page with the table of settings in the place of the one that it has. */
export function withReference(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has not both lines ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n${reference()}${END}${after}`;
}

function reference(): string {
  const rows = Object.values(settingsTable as Readonly<Record<string, Setting<unknown>>>).map((row) => {
    const { name, text, allowed, standard } = describeSetting(row);
    return [`\`${name}\``, whose(row), standard === '' ? '' : `\`${standard}\``, allowed, text];
  });
  return [['Setting', 'Whose', 'Standard', 'Allowed', 'Meaning'], ['---', '---', '---', '---', '---'], ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

/** Those that do not start without it in bold. */
function whose({ apps: concerned, neededBy }: Setting<unknown>): string {
  const name = (some: readonly string[]): string => (some.length === apps.length ? 'all' : some.length === apps.length - 1 && !some.includes('standalone') ? 'all but standalone' : some.join(', '));
  if (neededBy.length === 0) return name(concerned);
  const others = concerned.filter((app) => !neededBy.includes(app));
  return [`**${name(neededBy)}**`, ...(others.length > 0 ? [name(others)] : [])].join(', ');
}
