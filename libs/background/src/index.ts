export { BackgroundWork, type BackgroundWorkOptions } from './background-work.js';
