import '@isocenter/service-process/prepare';

await import('./run-ingest.js');
