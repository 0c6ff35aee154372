import { acceptOf, answerNotModified, chooseInstances, createMultipartWriter, dialectPolicies, type InstancesOf, leftSignal, parseAccept, type RequestContext, type Selection, sendParts } from '@isocenter/http';
import { FramePool, RESULTS_REVISION } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { type OpenedInstance, originalOf, refuseImage, type ResourcePath, StoredInstances, wantsOriginal } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckInstances, heldBy, type Held } from '../transcode-instance/check-instances.js';
import { PATIENCE_MS } from '../transcode-frames/patience.js';
import { TranscodeInstance } from '../transcode-instance/transcode-instance.js';
import { beginChunks } from './begin-chunks.js';
import { requireMatch } from './require-match.js';
import { streamParts } from './stream-parts.js';

const APPLICATION_DICOM = 'application/dicom';

/** WADO-RS of a study, series or instance: the stored bytes (I2), or, where their transfer syntax is not taken, others of the same content. */
@Injectable()
export class RetrieveInstances {
  constructor(
    private readonly instances: StoredInstances, private readonly checkInstances: CheckInstances, private readonly transcodeInstance: TranscodeInstance, private readonly pool: FramePool,
  ) {}

  async run(of: InstancesOf, context: RequestContext, path: ResourcePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // An unsupported Accept is answered before anything is looked up.
    const selection = chooseInstances(parseAccept(...acceptOf(request)), of, dialectPolicies[context.dialect].retrieve.transferSyntaxes);
    const original = wantsOriginal(context, request);
    const scope = await this.instances.scopeOf(context, path);
    const { summary: { count, newestVersion, transferSyntaxes }, rows } = await this.instances.requireInstances(scope);
    const matches = transferSyntaxes.map((stored) => requireMatch(selection, stored));
    const single = of === 'instance' && !matches[0]!.acceptable.multipart;
    const targets = [...new Set(matches.flatMap((match) => (match.kind === 'transcode' ? match.transferSyntax : [])))].sort().join('+');
    if (await answerNotModified(request, reply, `${newestVersion}-${count}${original ? '-original' : ''}${single ? '' : '-multipart'}${targets && `-${targets}-${RESULTS_REVISION}`}`)) return;
    const signal = leftSignal(reply);
    const open = (row: InstanceRow): Promise<OpenedInstance> => this.open(row, original, selection, signal);
    // Every instance is looked at first.
    const held = targets === '' ? heldBy(0, count) : await this.checkInstances.run(of === 'instance' ? rows : this.instances.all(scope), original, selection, signal);
    const release = await this.takePlace(held, signal);
    try {
      const patienceMs = release && PATIENCE_MS;
      await (single ? this.sendSingle(rows, open, reply, patienceMs) : this.sendMultipart(rows, open, reply, held.ahead, patienceMs));
    } finally {
      release?.();
    }
  }

  /** Undefined where nothing large is held. */
  private async takePlace({ bytes }: Held, signal: AbortSignal): Promise<(() => void) | undefined> {
    try {
      return bytes === 0 ? undefined : await this.pool.takePlace(bytes, signal);
    } catch (error) {
      throw refuseImage(error);
    }
  }

  /** As it is stored, where that is taken. */
  private async open(found: InstanceRow, original: boolean, selection: Selection, signal: AbortSignal): Promise<OpenedInstance> {
    return this.instances.resolving(found, async (row) => {
      const match = requireMatch(selection, row.transferSyntax);
      if (match.kind === 'as-stored') return this.instances.open(row, original);
      const chunks = await beginChunks(this.transcodeInstance.run(original ? originalOf(row) : row, match.transferSyntax, signal));
      return { row: { ...row, transferSyntax: match.transferSyntax }, chunks, length: undefined };
    });
  }

  private async sendSingle(rows: AsyncIterable<InstanceRow>, open: (row: InstanceRow) => Promise<OpenedInstance>, reply: FastifyReply, patienceMs: number | undefined): Promise<void> {
    for await (const found of rows) {
      const { row, chunks, length } = await open(found);
      await sendParts(reply, `${APPLICATION_DICOM}; transfer-syntax=${row.transferSyntax}`, passOn(chunks), length, patienceMs);
    }
  }

  private async sendMultipart(rows: AsyncIterable<InstanceRow>, open: (row: InstanceRow) => Promise<OpenedInstance>, reply: FastifyReply, ahead: number, patienceMs: number | undefined): Promise<void> {
    const writer = createMultipartWriter(APPLICATION_DICOM);
    const parts = streamParts(rows, {
      open,
      head: ({ transferSyntax }) => writer.partHead(`${APPLICATION_DICOM}; transfer-syntax=${transferSyntax}`),
      closing: () => writer.closing(),
      ahead,
    });
    await sendParts(reply, writer.contentType, parts, undefined, patienceMs);
  }
}

async function* passOn(chunks: OpenedInstance['chunks']): AsyncGenerator<Buffer> {
  yield* chunks;
}
