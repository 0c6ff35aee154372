import '@isocenter/service-process/prepare';

await import('./run-gateway.js');
