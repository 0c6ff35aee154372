import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getGoModule } from '../local/get-servers/get-go-module.js';
import { getOnce } from '../local/get-servers/get-once.js';
import { runStep } from '../local/get-servers/run-step.js';

export const python = process.env.PYTHON ?? 'python3';
const remedy = 'Install Python 3.9 or newer with pip, and see that it reaches a package index.';

/** kubernetes-validate holds the schemas of all versions of Kubernetes, and needs the other two. */
const packages = ['kubernetes-validate==1.37.0', 'PyYAML==6.0.3', 'jsonschema==4.26.0'];

/** A folder for PYTHONPATH. One of them is built for a version of Python, which is in the folder's name. */
export async function getPythonPackages(): Promise<string> {
  const tag = await runStep({ name: 'Python: which version', command: python, args: ['-c', 'import sys; print(sys.implementation.cache_tag, end="")'], remedy });
  return getOnce(`manifest-tools-1-${tag}`, async (folder) => {
    await runStep({ name: 'kubernetes-validate: fetch', command: python, args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--only-binary', ':all:', '--target', folder, ...packages], remedy });
  });
}

/** The JSON schema of the Compose specification, as the library that Compose itself reads files with has it. */
export async function getComposeSchema(): Promise<string> {
  const name = 'compose-spec.json';
  const folder = await getOnce('compose-go-2.16.2', async (folder) => {
    const source = await getGoModule({ title: 'Compose specification', module: 'github.com/compose-spec/compose-go/v2', version: 'v2.16.2', sum: 'h1:pTp1DqQwJzFd85GzlWsSszKA1ABrV/ySqsClujIcWA8=' });
    await copyFile(join(source, 'schema', name), join(folder, name));
  });
  return join(folder, name);
}
