import { runService } from '@isocenter/service-process';
import { indexService } from './index-service.js';

await runService(indexService);
