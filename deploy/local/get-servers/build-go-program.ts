import { join } from 'node:path';
import { getGoModule, goRemedy, type GoModule } from './get-go-module.js';
import { getOnce } from './get-once.js';
import { runStep } from './run-step.js';

/** A program that is built from a Go module. */
export interface GoProgram extends GoModule {
  /** Name of the folder in the cache. */
  readonly name: string;
  readonly binary: string;
  /** Folder of its main package within the module. */
  readonly main: string;
}

/**
 * Path of the program. Built within its module and not by `go install`: so its own go.sum binds every module that it
 * depends on, also where no checksum database is asked.
 */
export async function buildGoProgram(program: GoProgram): Promise<string> {
  const { title, name, binary, main } = program;
  const folder = await getOnce(name, async (folder) => {
    const source = await getGoModule(program);
    await runStep({ name: `${title}: build (minutes, the first time)`, command: 'go', args: ['build', '-v', '-o', join(folder, binary), main], cwd: source, remedy: goRemedy });
  });
  return join(folder, binary);
}
