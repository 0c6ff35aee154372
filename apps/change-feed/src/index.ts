export { changeFeedService } from './change-feed-service.js';
