import { preset } from '../jest.preset.js';

/** What is tested: everything in one process, or with E2E_PROFILE=stack each service as processes on real servers. `*.standalone-spec.ts` is about what only the first has. */
const profile = process.env.E2E_PROFILE === 'stack' ? 'e2e' : '{e2e,standalone}';

/** Tests of the running system: each suite starts its own, from what is built. */
export default {
  ...preset,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/*/**/*.${profile}-spec.ts`],
  testPathIgnorePatterns: ['/dist/', '/out-tsc/'],
  testTimeout: 300_000,
  maxWorkers: 1,
  reporters: ['default', '<rootDir>/dist/conformance/named-tests-reporter.js'],
};
