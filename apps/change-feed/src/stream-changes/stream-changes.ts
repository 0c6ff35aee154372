import { BadRequest, MAX_NUMBER, queryParameters, type RequestContext } from '@isocenter/http';
import { FEED_LAST, METADATA_STORE, type MetadataStore, type NumberedChange } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { Numberer } from '../number-changes/numberer.js';
import { parseMetadataFlag } from '../read-changes/parse-window.js';
import { ReadChanges } from '../read-changes/read-changes.js';
import { requireWholeFeed } from '../read-changes/require-whole-feed.js';

/** Entries read at a time. */
const PAGE = 100;
/** A comment this often keeps proxies from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;

/**
 * The feed as server-sent events: the id of an event is its sequence, so a client that comes back with `Last-Event-ID`
 * (or `fromSequence`) misses nothing and gets nothing twice.
 */
@Injectable()
export class StreamChanges {
  private readonly open = new Set<ServerResponse>();

  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, private readonly numberer: Numberer, private readonly readChanges: ReadChanges) {}

  endAll(): void {
    for (const response of this.open) response.end();
  }

  async run(context: RequestContext, query: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const given = queryParameters(query);
    const includeMetadata = parseMetadataFlag(given.get('includemetadata'));
    const after = await this.startAfter(request.headers['last-event-id'] as string | undefined, given.get('fromsequence'));
    await requireWholeFeed(this.store);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') {
      raw.end();
      return;
    }
    raw.write('retry: 2000\n\n');
    this.open.add(raw);
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      await this.send(context, raw, after, includeMetadata);
    } finally {
      clearInterval(heartbeat);
      this.open.delete(raw);
    }
  }

  /** What the client has seen: the header of a reconnect beats the parameter; neither: from now on. */
  private async startAfter(lastEventId: string | undefined, fromSequence: string | undefined): Promise<number> {
    if (lastEventId !== undefined) return sequenceOf("Header 'Last-Event-ID'", lastEventId, 0);
    if (fromSequence !== undefined) return sequenceOf("Query parameter 'fromSequence'", fromSequence, 1) - 1;
    return (await this.store.readCursor(FEED_LAST))?.position ?? 0;
  }

  private async send(context: RequestContext, response: ServerResponse, from: number, includeMetadata: boolean): Promise<void> {
    let after = from;
    let wake: () => void = () => undefined;
    const awake = (): void => wake();
    const forget = this.numberer.onNumbered(awake);
    response.on('close', awake).on('drain', awake);
    try {
      while (!response.writableEnded && !response.destroyed) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        if (response.writableNeedDrain) {
          await woken;
          continue;
        }
        const changes = await this.store.listChanges({ after, limit: PAGE });
        await this.write(context, response, changes, includeMetadata);
        after = changes.at(-1)?.sequence ?? after;
        if (changes.length < PAGE) await woken;
      }
    } finally {
      forget();
    }
  }

  private async write(context: RequestContext, response: ServerResponse, changes: readonly NumberedChange[], includeMetadata: boolean): Promise<void> {
    const entries = await this.readChanges.entries(context, changes, includeMetadata);
    const events = entries.map((entry, i) => `id: ${changes[i]!.sequence}\nevent: ${changes[i]!.action}\ndata: ${entry}\n\n`).join('');
    if (events !== '' && !response.writableEnded) response.write(events);
  }
}

function sequenceOf(what: string, text: string, min: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  if (number < min || number > MAX_NUMBER) throw new BadRequest(`${what} has the value '${text.slice(0, 40)}'; allowed is a sequence number from ${min} to ${MAX_NUMBER}.`);
  return number;
}
