import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';

const folder = join(workspaceRoot, 'e2e/http');
const ending = '.e2e-spec.ts';

/** What stands in front of a name is `describe(` or `it(` at the depth that our specs have, or the end of a table of cases. */
const group = /^describe\('((?:[^'\\]|\\.)+)', /gm;
const test = /(?:^ {2}it\(|^ {2}it\.each.*\)\(|\]\)\(\n? *)'((?:[^'\\]|\\.)+)', (?:async )?\(/gm;

/** The tests of e2e/http with their text, by `file › group › name`, the name as it is written, `%s` and all. */
export const readNamedTests = (): ReadonlyMap<string, string> =>
  new Map(readdirSync(folder).filter((name) => name.endsWith(ending)).flatMap((name) => testsOf(name.slice(0, -ending.length), readFileSync(join(folder, name), 'utf8'))));

const testsOf = (file: string, text: string): [string, string][] => {
  const groups = [...text.matchAll(group)];
  return groups.flatMap((found, at) => {
    const body = text.slice(found.index, groups[at + 1]?.index);
    const tests = [...body.matchAll(test)];
    return tests.map((one, place): [string, string] => [`${file} › ${plain(found[1]!)} › ${plain(one[1]!)}`, body.slice(one.index, tests[place + 1]?.index)]);
  });
};

const plain = (literal: string): string => literal.replaceAll(/\\(.)/g, '$1');

/** Matches the names that a run reports for one that is written with places for the cases of its table. */
export const reportedAs = (name: string): RegExp =>
  new RegExp(`^${name.split(/%[sijp]/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^]*')}$`);
