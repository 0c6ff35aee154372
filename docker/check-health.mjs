// Exits with 0 when the process of this container answers /health/live, else with 1. A service that speaks TLS asks for no
// certificate there, and its own is not checked: nobody else listens on this container's loopback address.
import { request as http } from 'node:http';
import { request as https } from 'node:https';

const { HOST = '127.0.0.1', PORT = '8080' } = process.env;
const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST;

const isLive = (request) => new Promise((resolve) => {
  request({ host, port: PORT, path: '/health/live', timeout: 2_000, rejectUnauthorized: false }, (answer) => resolve(answer.statusCode === 200))
    .on('timeout', function () { this.destroy(); })
    .on('error', () => resolve(false))
    .end();
});
process.exit((await isLive(http)) || (await isLive(https)) ? 0 : 1);
