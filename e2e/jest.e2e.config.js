import { preset } from '../jest.preset.js';

/** Tests of the running system: each suite starts its own process, from the built application. */
export default {
  ...preset,
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/*/**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/dist/', '/out-tsc/'],
  testTimeout: 60_000,
  maxWorkers: 1,
  reporters: ['default', '<rootDir>/dist/conformance/named-tests-reporter.js'],
};
