import { SettingsError } from '@isocenter/config';

/** Errors that a person can mend: said in a sentence, without a stack. */
export type MendableErrors = readonly (new (...args: never[]) => Error)[];

/** Ends the process with 1 and says why, as `title` did not start. */
export function failProcess(title: string, mendable: MendableErrors): (error: unknown) => never {
  return (error) => {
    const { message, stack, code } = error as NodeJS.ErrnoException;
    const sentence = [SettingsError, ...mendable].some((kind) => error instanceof kind) || code === 'EADDRINUSE' || code === 'EACCES' || code === 'ENOENT';
    process.stderr.write(sentence ? `${title} did not start. ${message}\n` : `${title} stopped by an error.\n${stack ?? String(error)}\n`);
    process.exit(1);
  };
}
