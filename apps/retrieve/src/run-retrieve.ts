import { runService } from '@isocenter/service-process';
import { retrieveService } from './retrieve-service.js';

await runService(retrieveService);
