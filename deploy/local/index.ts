export { expressionsOf, metricsIn, readAlertRules, readDashboard } from '../alerts/alert-rules.js';
export { buildServices } from './build-services.js';
export { getHelm } from './get-servers/get-helm.js';
export { dropDatabase, lockWrites, unlockWrites } from './start-servers/ask-mongodb.js';
export { listKeys, sign, type S3Access } from './start-servers/ask-s3.js';
export { environmentOf, serverNames, startServers, type ServerName, type Servers, type ServersOptions } from './start-servers.js';
export type { Server } from './start-servers/server.js';
export { startServices, type Replica, type Services, type ServicesOptions } from './start-services.js';
export { withServers } from './with-servers.js';
