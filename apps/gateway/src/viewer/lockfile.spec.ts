import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** docs/adr/0011-viewer-of-a-package.md */
it('given the lockfile, then the viewer is in it without the packages that it was built of', () => {
  const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package-lock.json'), 'utf8')) as { packages: Record<string, object> };
  expect(Object.keys(lockfile.packages).filter((name) => /@ohif\/(?!app$)/.test(name))).toEqual([]);
  expect(Object.keys(lockfile.packages['node_modules/@ohif/app']!).sort()).toEqual(['integrity', 'license', 'optional', 'version']);
});
