export { Gateway, type GatewayOptions, type ServiceBinding } from './gateway.js';
export { Health, type HealthCheck } from './health.js';
