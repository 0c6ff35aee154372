export { freeGiven } from './free-given.js';
