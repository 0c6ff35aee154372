import { expect, test } from '@jest/globals';
import { runStep } from './run-step.js';

const step = (command: string, ...args: string[]): Promise<string> => runStep({ name: 'Server 1: fetch', command, args, remedy: 'Install it.' });

test('given a command, when it ends well, then its standard output is what it said', async () => {
  expect(await step('sh', '-c', 'echo out; echo err >&2')).toBe('out\n');
});

test('given no such command, when the step runs, then the error names step, command and remedy', async () => {
  await expect(step('no-such-client')).rejects.toThrow('Server 1: fetch: no-such-client not found. Install it.');
});

test('given a command that fails, when the step runs, then the error holds its last fifteen lines', async () => {
  const failed = await step('sh', '-c', 'seq 1 20; exit 3').catch((error: Error) => error.message);
  expect(failed).toMatch(/^Server 1: fetch: sh ended with code 3 after \d+ s\.\n {2}\| 6\n/);
  expect(failed).toMatch(/\n {2}\| 20\nInstall it\.$/);
});
