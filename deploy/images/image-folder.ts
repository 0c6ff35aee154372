import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { workspace } from '../local/workspace.js';
import { followDockerfile } from './follow-dockerfile.js';
import { parseDockerfile, type Stage } from './parse-dockerfile.js';

const run = promisify(execFile);

/** What a container of an image sees, in a folder. */
export interface ImageFolder {
  /** Stands for `/`; nothing in it can be written by the user of the image. */
  readonly root: string;
  /** A folder that this user may write, as a mounted volume is. */
  readonly volume: string;
  readonly stages: ReadonlyMap<string, Stage>;
  readonly remove: () => Promise<void>;
}

/** The end of the PATH in a container; node comes first from where this process has it. */
const systemPath = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Makes the folder as docker/Dockerfile makes the image of `standalone`, which has all that the others have. */
export async function makeImageFolder(): Promise<ImageFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-image-'));
  const remove = async (): Promise<void> => {
    await run('chmod', ['-R', 'u+w', folder]);
    await rm(folder, { recursive: true });
  };
  try {
    const dockerfile = await readFile(join(workspace, 'docker/Dockerfile'), 'utf8');
    const root = await followDockerfile(dockerfile, 'standalone', folder);
    const volume = await mkdtemp(join(folder, 'volume-'));
    await run('chmod', ['-R', 'a-w,a+rX', root]);
    await chmod(folder, 0o755);
    await chmod(volume, 0o777);
    return { root, volume, stages: parseDockerfile(dockerfile), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** How a container of the app is started: its program, folder and environment; `args` follow the command of the image. */
export function startOf({ root, volume, stages }: ImageFolder, app: string, env: Readonly<Record<string, string>>, args: readonly string[]): { command: string; args: string[]; cwd: string; env: Record<string, string> } {
  const { entrypoint, command, user, env: ownEnv } = stages.get(app)!;
  const [uid = '', gid = ''] = user?.split(':') ?? [];
  const asUser = process.getuid?.() === 0 ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  return {
    command: 'setpriv',
    args: [...asUser, '--pdeathsig=KILL', '--', ...entrypoint, ...command, ...args],
    cwd: join(root, 'app'),
    env: { PATH: [dirname(process.execPath), ...systemPath].join(delimiter), HOME: '/nonexistent', ...ownEnv, ...('DATA_DIR' in ownEnv && { DATA_DIR: volume }), ...env },
  };
}
