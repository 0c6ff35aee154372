import '@isocenter/service-process/prepare';

await import('./run-standalone.js');
