export { ChangeFeedModule, endStreams, type ChangeFeedPorts } from './change-feed.module.js';
export type { ChangeFeedOptions } from './change-feed-options.js';
