import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { TopicSpec } from '../topics.js';
import { EVENT_LOG } from './event-log-server.js';

/** Nest's own filter would log the error with its content and put "Internal server error" in its place. */
@Catch()
class KeepErrors implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** `@EventPattern` of a topic's batches: the error of a handler reaches the server's `onError` as it was thrown. */
export function OnTopic({ name }: TopicSpec): MethodDecorator {
  return applyDecorators(EventPattern<string>(name, EVENT_LOG), UseFilters(KeepErrors));
}
