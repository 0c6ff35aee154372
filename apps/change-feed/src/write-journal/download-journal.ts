import { BadRequest, MAX_NUMBER, queryParameters } from '@isocenter/http';
import { OBJECT_STORE, parseSegmentKey, SEGMENTS_PREFIX, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { Numberer } from '../number-changes/numberer.js';
import { WriteJournal } from './write-journal.js';

/** How long a request waits for changes older than itself to be numbered. */
const WAIT_MS = 2_000;

/** The journal as NDJSON, from a sequence on: whole segments, in order. */
@Injectable()
export class DownloadJournal {
  constructor(@Inject(OBJECT_STORE) private readonly objects: ObjectStore, private readonly numberer: Numberer, private readonly journal: WriteJournal) {}

  async run(query: string, reply: FastifyReply): Promise<void> {
    const given = queryParameters(query);
    const from = sequenceParameter('fromSequence', given.get('fromsequence'), 1);
    const to = sequenceParameter('toSequence', given.get('tosequence'), MAX_NUMBER);
    await this.numberer.settled(WAIT_MS);
    await this.journal.complete();
    reply.header('content-type', 'application/x-ndjson').header('cache-control', 'private, no-cache');
    await reply.send(Readable.from(this.segments(from, to), { objectMode: false }));
  }

  private async *segments(from: number, to: number): AsyncGenerator<Buffer> {
    for await (const { key, size } of this.objects.list(SEGMENTS_PREFIX)) {
      const segment = parseSegmentKey(key);
      if (!segment || segment.last < from || segment.first > to) continue;
      yield* (await this.objects.read(key, { offset: 0, length: size })) as AsyncIterable<Buffer>;
    }
  }
}

function sequenceParameter(name: string, text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_NUMBER) return Number(text);
  throw new BadRequest(`Query parameter '${name}' has the value '${text.slice(0, 40)}'; allowed is a sequence number from 1 to ${MAX_NUMBER}.`);
}
