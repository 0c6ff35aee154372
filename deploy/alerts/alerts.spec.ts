import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../local/workspace.js';
import { expressionsOf, readAlertRules, readDashboard } from './alert-rules.js';

const rules = readAlertRules();
const dashboard = readDashboard();
const page = readFileSync(join(workspace, 'docs/operations.md'), 'utf8');
const documented = [...page.matchAll(/^\| `(Isocenter\w+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, alert, meaning, step]) => ({ alert: alert!, meaning: meaning!, step: step! }));

/** Where an expression is not PromQL; none when it is. */
const faultsOf = (expression: string): string[] => {
  const faults: string[] = [];
  parser.parse(expression).iterate({ enter: ({ type, from }) => void (type.isError && faults.push(expression.slice(from))) });
  return faults;
};

describe('deploy/alerts/isocenter.rules.yaml', () => {
  it('has rules, each once', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.each(rules)('$alert asks in PromQL', ({ expression }) => {
    expect(faultsOf(expression)).toEqual([]);
  });

  it('has each alert in docs/operations.md, in the same order, with its meaning and the first step, and no other stands there', () => {
    expect(documented.map(({ alert }) => alert)).toEqual(rules.map(({ alert }) => alert));
    for (const { meaning, step } of documented) expect([meaning.length > 20, step.length > 20]).toEqual([true, true]);
  });
});

describe('deploy/grafana/isocenter.json', () => {
  it('has panels with ids of their own, and each but the rows asks for something', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(expressionsOf(dashboard).length).toBeGreaterThan(30);
  });

  it.each(expressionsOf(dashboard))('%s is PromQL', (expression) => {
    expect(faultsOf(expression)).toEqual([]);
  });

  it('shows what docs/operations.md tells people to look at', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    const named = documented.flatMap(({ step }) => (step.includes('dashboard') ? [...step.matchAll(/"([^"]+)"/g)].map(([, title]) => title!) : []));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !titles.some((title) => title.startsWith(name)))).toEqual([]);
  });
});

describe('the check of expressions', () => {
  it.each(['sum(rate(a[5m])', 'rate(a[5 minutes])', 'a >', 'sum by le (a)'])('finds what is wrong with %s', (expression) => {
    expect(faultsOf(expression)).not.toEqual([]);
  });
});
