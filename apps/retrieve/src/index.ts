export { retrieveService } from './retrieve-service.js';
