import '@isocenter/service-process/prepare';

await import('./run-retrieve.js');
