import { CommandSender } from '@isocenter/commands';
import { EVENT_LOG_PORT, EventLogUnavailableError, type EventLog } from '@isocenter/event-log';
import { BodyTooLarge, dialectPolicies, FailedDependency, MalformedMultipart, requireUids, ServiceUnavailable, TooManyParts, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, ObjectStoreUnavailableError, type ByteBudget, type ObjectStore } from '@isocenter/object-store';
import { inSpan } from '@isocenter/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { countReceived, countStored, observeUploads } from '../metrics.js';
import { UploadGate } from './admit-upload.js';
import { WholeMetadata } from '../rebuild-index/whole-metadata.js';
import { answerStore, type StoreAnswer } from './answer-store.js';
import { KnownToBeThere } from './known-to-be-there.js';
import { isDicomPart, readInstances } from './read-instances.js';
import { receiveInstance } from './receive-instance.js';
import { storeInstance, StoreVoidError, type StoreRequestFacts } from './store-instance.js';
import { FAILURE, rejected, type InstanceIds, type StoreOutcome } from './store-outcome.js';

/** Instances of one request whose bytes are in and whose decision is awaited while the next is read. */
const IN_FLIGHT = 16;

/** STOW-RS: every part becomes an outcome; the answer comes when all are decided. */
@Injectable()
export class StoreInstances implements OnApplicationShutdown {
  readonly gate: UploadGate;
  readonly budget: ByteBudget;
  private readonly stopObserving: () => void;
  /** While something is known to be away the body is not read at all. */
  private readonly dependencies: KnownToBeThere;

  constructor(
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(METADATA_STORE) store: MetadataStore,
    @Inject(EVENT_LOG_PORT) eventLog: EventLog,
    @Inject(INGEST_OPTIONS) private readonly options: IngestOptions,
    private readonly commands: CommandSender,
    metadata: WholeMetadata,
  ) {
    this.gate = new UploadGate(options.maxConcurrentUploads);
    this.budget = options.budget;
    this.dependencies = new KnownToBeThere(() => Promise.all([eventLog.ping(), store.ping(), metadata.require()]));
    this.stopObserving = observeUploads(() => this.gate.open, () => this.budget.used);
  }

  onApplicationShutdown(): void {
    this.stopObserving();
  }

  async run(context: RequestContext, study: string | undefined, mode: 'create' | 'replace', request: FastifyRequest): Promise<StoreAnswer> {
    requireUids({ study });
    const { store: policy, objectStoreAway } = dialectPolicies[context.dialect];
    const instances = readInstances(request, { maxBytes: policy.maxBytes ?? this.options.maxUploadBytes, maxParts: this.options.maxParts });
    const leave = this.gate.admit();
    try {
      await this.dependencies.require();
      const facts: StoreRequestFacts = { partition: context.partition, study, mode, storedBy: context.principal.name, policy, deadlineMs: this.options.deadlineMs };
      const outcomes = await this.storeAll(instances, facts);
      for (const outcome of outcomes) countStored(outcome);
      return answerStore(outcomes, study, context.baseUrl, policy);
    } catch (error) {
      throw this.answerable(error, objectStoreAway);
    } finally {
      leave();
    }
  }

  private async storeAll(instances: AsyncIterable<{ contentType: string | undefined; body: AsyncIterable<Buffer> }>, facts: StoreRequestFacts): Promise<StoreOutcome[]> {
    const outcomes: StoreOutcome[] = [];
    const inFlight = new Set<Promise<void>>();
    let failure: unknown;
    let reading = false;
    try {
      for await (const { contentType, body } of instances) {
        const place = outcomes.length;
        reading = true;
        // Taken now, so that the answer has the order of the request.
        outcomes.push(rejected(FAILURE.processing, 'The instance was not processed.'));
        if (!isDicomPart(contentType)) {
          outcomes[place] = rejected(FAILURE.validation, 'The part is not application/dicom.');
          reading = false;
          continue;
        }
        const receive = (): ReturnType<typeof receiveInstance> => receiveInstance(body, { partition: facts.partition, objects: this.objects, budget: this.budget, maxHeaderBytes: this.options.maxHeaderBytes });
        const received = await inSpan('receive instance', undefined, receive);
        reading = false;
        if (received.kind === 'rejected') {
          outcomes[place] = received;
          continue;
        }
        const fail = (error: unknown): void => {
          failure ??= error;
          outcomes[place] = this.notNow(received.ids, error);
        };
        if (received.kind === 'interrupted') {
          fail(received.error);
        } else {
          countReceived(received.size);
          const stored = storeInstance(received, facts, { objects: this.objects, commands: this.commands })
            .then((outcome) => void (outcomes[place] = outcome), fail)
            .finally(() => inFlight.delete(stored));
          inFlight.add(stored);
          if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
        }
        if (failure === undefined) continue;
        await Promise.all(inFlight);
        if (!isAnyStored(outcomes)) break;
      }
    } catch (error) {
      await Promise.all(inFlight);
      return endEarly(outcomes, reading, error);
    }
    await Promise.all(inFlight);
    // What the request as a whole is refused with must be true of all of it.
    if (failure !== undefined && !isAnyStored(outcomes)) throw failure;
    return outcomes;
  }

  /** An instance that cannot be stored for now, beside others that are. */
  private notNow(ids: InstanceIds, err: unknown): StoreOutcome {
    this.options.log.warn({ err }, 'an instance could not be stored for now');
    return rejected(FAILURE.processing, 'The instance could not be stored for now; nothing of it is kept. Repeat it.', ids);
  }

  private answerable(error: unknown, objectStoreAway: 424 | 503): unknown {
    if (error instanceof StoreVoidError) return new ServiceUnavailable(error.message, 5, { cause: error });
    if (error instanceof EventLogUnavailableError) return new ServiceUnavailable('The event log is not available; nothing was stored. Repeat the request.', 5, { cause: error });
    if (!(error instanceof ObjectStoreUnavailableError)) return error;
    const text = 'The object store is not available; nothing of the instance was stored. Repeat the request.';
    return objectStoreAway === 424 ? new FailedDependency(text, 5, { cause: error }) : new ServiceUnavailable(text, 5, { cause: error });
  }
}

function isAnyStored(outcomes: readonly StoreOutcome[]): boolean {
  return outcomes.some(({ kind }) => kind === 'stored');
}

/**
 * What is stored stays stored, so a body that goes wrong behind it is answered part by part: the part that was being read,
 * or else the rest of the body, fails. Throws the error when there is nothing that the client would have to know of.
 */
function endEarly(outcomes: StoreOutcome[], reading: boolean, error: unknown): StoreOutcome[] {
  const tooMuch = error instanceof BodyTooLarge || error instanceof TooManyParts;
  if (!isAnyStored(outcomes) && !(error instanceof BodyTooLarge && outcomes.length > 0)) throw error;
  if (!tooMuch && !(error instanceof MalformedMultipart)) throw error;
  const rest = rejected(tooMuch ? FAILURE.processing : FAILURE.validation, error.message);
  return reading ? outcomes.with(-1, rest) : [...outcomes, rest];
}
