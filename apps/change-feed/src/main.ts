import '@isocenter/service-process/prepare';

await import('./run-change-feed.js');
