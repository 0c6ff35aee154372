export * from './element-table.js';
