export { environmentOf, serverNames, startServers, type ServerName, type Servers, type ServersOptions } from './start-servers.js';
export type { Server } from './start-servers/server.js';
