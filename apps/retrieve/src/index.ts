export { RetrievingModule, type RetrievePorts } from './retrieving.module.js';
