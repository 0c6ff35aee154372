export { indexService } from './index-service.js';
