export { environmentOf, serverNames, startServers, type ServerName, type Servers, type ServersOptions } from './start-servers.js';
export type { Server } from './start-servers/server.js';
export { withServers } from './with-servers.js';
export { getHelm } from './get-servers/get-helm.js';
