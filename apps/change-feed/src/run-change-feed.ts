import { runService } from '@isocenter/service-process';
import { changeFeedService } from './change-feed-service.js';

await runService(changeFeedService);
