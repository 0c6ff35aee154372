import '@isocenter/service-process/prepare';

await import('./run-index.js');
