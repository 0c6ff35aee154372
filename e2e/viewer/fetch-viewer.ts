import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const version = '3.13.2';
const integrity = 'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==';

/** The folder of the built OHIF viewer: taken from the npm registry once, checked, and kept outside the repository. */
export const fetchViewer = async (cache = join(homedir(), '.cache/isocenter')): Promise<string> => {
  const unpacked = join(cache, `ohif-app-${version}`);
  const dist = join(unpacked, 'package/dist');
  if (existsSync(dist)) return dist;
  await mkdir(cache, { recursive: true });
  const archive = join(cache, `ohif-app-${version}.tgz`);
  if (!existsSync(archive)) await run('npm', ['pack', `@ohif/app@${version}`, '--silent'], { cwd: cache });
  await demandIntegrity(archive);
  // Under its own name only when it is complete.
  const temporary = await mkdtemp(join(cache, 'unpacking-'));
  await run('tar', ['-xzf', archive, '-C', temporary]);
  await rename(temporary, unpacked);
  return dist;
};

const demandIntegrity = async (archive: string): Promise<void> => {
  const found = `sha512-${createHash('sha512').update(await readFile(archive)).digest('base64')}`;
  if (found === integrity) return;
  await rm(archive);
  throw new Error(`@ohif/app ${version} is not the package that is expected (${found}); it was removed, run again to fetch it again.`);
};
