import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { commands } from './commands.js';
import { runCli } from './run-cli.js';

const run = async (...words: string[]): Promise<{ code: number; out: string; err: string }> => {
  let [out, err] = ['', ''];
  const process = Object.assign(new EventEmitter(), { env: {}, stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (err += text) } });
  const code = await runCli(words, process);
  return { code, out, err };
};

describe('isocenter', () => {
  it('given --help, then it lists every command', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const [name, { summary }] of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it('given nothing, then the list, and it ends with 2', async () => {
    expect(await run()).toMatchObject({ code: 2, out: expect.stringContaining('upload') });
  });

  it.each([...commands.keys()])('given %s --help, then its help alone', async (name) => {
    expect(await run(name, '--unknown', '--help')).toEqual({ code: 0, out: commands.get(name)!.help, err: '' });
  });

  it('given a word that is no command, then it says where they are listed', async () => {
    expect(await run('uplaod')).toEqual({ code: 2, out: '', err: 'There is no command "uplaod".\nnpx isocenter --help tells what is allowed.\n' });
  });

  it('given a command line that is wrong, then a sentence and where help is', async () => {
    expect(await run('upload', '--parallel', 'many', 'x')).toEqual({ code: 2, out: '', err: '--parallel is "many"; allowed are whole numbers from 1 to 64.\nnpx isocenter upload --help tells what is allowed.\n' });
  });
});
