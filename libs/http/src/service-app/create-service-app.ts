import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Type, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from '@isocenter/telemetry';
import { answerClientError } from '../errors/answer-client-error.js';
import { answerRouterError } from '../errors/answer-router-error.js';
import { ErrorFilter } from '../errors/error.filter.js';
import { checkGateway } from './check-gateway.js';
import { parseBodies } from './parse-bodies.js';
import { recordRequests } from './record-request.js';

export interface ServiceAppOptions {
  /** Name in logs and metrics. */
  readonly service: string;
  /** What the gateway must show. */
  readonly serviceSecret: string;
  readonly log: Logger;
  /** Largest JSON body; 4 MiB when absent. 0: the service reads no JSON, and a body that says it is some is refused like others. */
  readonly jsonLimitBytes?: number | undefined;
}

export interface ServiceApp {
  /** Initialised, not listening. */
  readonly app: NestFastifyApplication;
  /** Answers a raw request inside this process: no socket, no copy. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Longest path parameter: a batch of a few thousand frame numbers. The request line as a whole is limited by Node. */
const maxParamLength = 16_384;

/** Makes the HTTP application of one service. It answers its gateway only, whether by a port or inside the process. */
export async function createServiceApp(module: Type<unknown> | DynamicModule, options: ServiceAppOptions): Promise<ServiceApp> {
  const adapter = new FastifyAdapter({
    routerOptions: { maxParamLength },
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bodyParser: false, logger: false, abortOnError: false });
  const fastify = adapter.getInstance();
  recordRequests(fastify, options.service, options.log);
  checkGateway(fastify, options.serviceSecret);
  parseBodies(fastify, options.jsonLimitBytes ?? 4 * 1024 ** 2);
  app.useGlobalFilters(new ErrorFilter(options.log));
  await app.init();
  await fastify.ready();
  return { app, handle: (request, response) => fastify.routing(request, response) };
}
