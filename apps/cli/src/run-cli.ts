import { commands } from './commands.js';
import { type Output, type Surroundings } from './command.js';
import { UsageError } from './usage-error.js';

const USAGE_EXIT = 2;

interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  on(signal: NodeJS.Signals, listener: () => void): Process;
  removeListener(signal: NodeJS.Signals, listener: () => void): Process;
}

/** Chooses the command by the first word. Resolves with the exit code: 0 done, 1 not all of it, 2 the command line is wrong, 130 interrupted. */
export async function runCli(words: readonly string[], process: Process): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || isHelp(name)) {
    process.stdout.write(overview());
    return name === undefined ? USAGE_EXIT : 0;
  }
  const command = commands.get(name);
  if (!command) return complain(process, `There is no command "${name}".`, 'npx isocenter --help');
  if (rest.some(isHelp)) {
    process.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(rest, surroundingsOf(process));
  } catch (error) {
    if (error instanceof UsageError) return complain(process, error.message, `npx isocenter ${name} --help`);
    throw error;
  }
}

const isHelp = (word: string): boolean => word === '--help' || word === '-h';

function overview(): string {
  const rows = [...commands].map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`);
  return `npx isocenter COMMAND …\n\n${rows.join('\n')}\n\nnpx isocenter COMMAND --help tells more of each.\n`;
}

function complain({ stderr }: Process, text: string, help: string): number {
  stderr.write(`${text}\n${help} tells what is allowed.\n`);
  return USAGE_EXIT;
}

const surroundingsOf = (process: Process): Surroundings => ({
  env: process.env, stdout: process.stdout, stderr: process.stderr,
  onInterrupt: (then) => {
    process.on('SIGINT', then).on('SIGTERM', then);
    return () => void process.removeListener('SIGINT', then).removeListener('SIGTERM', then);
  },
});
