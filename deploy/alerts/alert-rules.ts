import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../local/workspace.js';

export interface AlertRule {
  readonly alert: string;
  readonly expression: string;
  readonly severity: string;
}

const file = join(workspace, 'deploy/alerts/isocenter.rules.yaml');

/** The rules of the file: each begins with its name, and its expression is one line. */
export function readAlertRules(): AlertRule[] {
  const blocks = readFileSync(file, 'utf8').split(/^ {6}- /m).slice(1);
  return blocks.map((block) => {
    const one = (pattern: RegExp): string => {
      const found = pattern.exec(block)?.[1];
      if (found === undefined) throw new Error(`A rule of ${file} has nothing like ${pattern}:\n${block}`);
      return found;
    };
    return { alert: one(/^alert: (\w+)$/m), expression: one(/^ {8}expr: (\S.*)$/m), severity: one(/severity: (critical|warning) }$/m) };
  });
}

interface Dashboard {
  readonly panels: readonly { readonly id: number; readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(join(workspace, 'deploy/grafana/isocenter.json'), 'utf8')) as Dashboard;
}

/** As Grafana asks for it at some zoom. */
export function expressionsOf({ panels }: Dashboard): string[] {
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')));
}

/** Names of our metrics in a text, without the endings that a histogram's series have. */
export function metricsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\bisocenter_[a-z0-9_]+/g)].map(([name]) => name.replace(/(?<=_seconds)_(bucket|count|sum)$/, '')))].sort();
}
