import { preset } from '../jest.preset.js';

/** What needs no server and no build: the tools themselves. */
export default { ...preset, rootDir: import.meta.dirname, testMatch: ['<rootDir>/*/**/*.spec.ts'], testPathIgnorePatterns: ['/dist/', '/out-tsc/'] };
