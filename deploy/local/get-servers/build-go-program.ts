import { join } from 'node:path';
import { getOnce } from './get-once.js';
import { runStep, StepFailed } from './run-step.js';

/** A program that is built from a Go module. */
export interface GoProgram {
  readonly title: string;
  /** Name of the folder in the cache. */
  readonly name: string;
  readonly binary: string;
  readonly module: string;
  readonly version: string;
  /** Checksum of the module as in a go.sum. */
  readonly sum: string;
  /** Folder of its main package within the module. */
  readonly main: string;
}

const remedy = 'Install Go 1.26 or newer and see that it is on the PATH and reaches a module proxy.';

/**
 * Path of the program. Built within its module and not by `go install`: so its own go.sum binds every module that it
 * depends on, also where no checksum database is asked.
 */
export async function buildGoProgram({ title, name, binary, module, version, sum, main }: GoProgram): Promise<string> {
  const folder = await getOnce(name, async (folder) => {
    const told = JSON.parse(await runStep({ name: `${title}: fetch the source`, command: 'go', args: ['mod', 'download', '-json', `${module}@${version}`], remedy })) as { Dir: string; Sum: string };
    if (told.Sum !== sum) throw new StepFailed(`${title}: ${module}@${version} has the checksum ${told.Sum}, expected is ${sum}. Nothing of it is used.`);
    await runStep({ name: `${title}: build (minutes, the first time)`, command: 'go', args: ['build', '-v', '-o', join(folder, binary), main], cwd: told.Dir, remedy });
  });
  return join(folder, binary);
}
