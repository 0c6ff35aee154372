import '@isocenter/service-process/prepare';

await import('./run-render.js');
