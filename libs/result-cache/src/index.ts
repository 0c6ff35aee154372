export { type MadeResult, ResultCache, type ResultCacheOptions, type ResultOf } from './result-cache.js';
export { type Result } from './result-files.js';
