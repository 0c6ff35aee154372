import { preset } from '../jest.preset.js';

export default { ...preset, rootDir: import.meta.dirname, testMatch: ['<rootDir>/*/**/*.spec.ts'], testPathIgnorePatterns: ['/dist/', '/out-tsc/'] };
