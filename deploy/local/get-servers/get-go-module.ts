import { runStep, StepFailed } from './run-step.js';

/** A Go module of one version. */
export interface GoModule {
  readonly title: string;
  readonly module: string;
  readonly version: string;
  /** Its checksum as in a go.sum. */
  readonly sum: string;
}

export const goRemedy = 'Install Go 1.26 or newer and see that it is on the PATH and reaches a module proxy.';

/** The folder with the module's source, which must have the checksum. */
export async function getGoModule({ title, module, version, sum }: GoModule): Promise<string> {
  const told = JSON.parse(await runStep({ name: `${title}: fetch the source`, command: 'go', args: ['mod', 'download', '-json', `${module}@${version}`], remedy: goRemedy })) as { Dir: string; Sum: string };
  if (told.Sum !== sum) throw new StepFailed(`${title}: ${module}@${version} has the checksum ${told.Sum}, expected is ${sum}. Nothing of it is used.`);
  return told.Dir;
}
