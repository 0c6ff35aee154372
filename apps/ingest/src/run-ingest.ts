import { runService } from '@isocenter/service-process';
import { ingestService } from './ingest-service.js';

await runService(ingestService);
