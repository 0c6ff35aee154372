export { renderService } from './render-service.js';
