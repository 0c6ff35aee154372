import { runService } from '@isocenter/service-process';
import { renderService } from './render-service.js';

await runService(renderService);
