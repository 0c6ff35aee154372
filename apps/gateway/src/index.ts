export { Gateway, type GatewayOptions, type ServiceBinding } from './gateway.js';
