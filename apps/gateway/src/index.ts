export { Gateway, type GatewayOptions, type ServiceBinding } from './gateway.js';
export { openViewer, viewerAddress } from './viewer/viewer.js';
