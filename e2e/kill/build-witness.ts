import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '../support/workspace.js';

/** Compiles disk-witness.c into `folder`; undefined when the machine has no C compiler or is not Linux. */
export const buildWitness = async (folder: string): Promise<string | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const library = join(folder, 'disk-witness.so');
  const source = join(workspaceRoot, 'e2e/kill/disk-witness.c');
  try {
    await promisify(execFile)('cc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread']);
    return library;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
