export { Health, type HealthCheck, type HealthDetail, type HealthReport } from './health.js';
export { readServiceTls, type ServiceTls } from './internal-server.js';
export { listen } from './listen.js';
export { runProcess, type RunningProcess } from './run-process.js';
export { runService } from './run-service.js';
export type { PortName, Ports, ServiceComposition, ServiceDefinition, Surroundings } from './service-definition.js';
export { startServiceApp, type StartedServiceApp } from './start-service-app.js';
export { startService } from './start-service.js';
export { stopServer } from './stop-server.js';
