import { planTranscode, type RewriteSource, rewriteBytes, type TranscodeTarget } from '@isocenter/dicom';
import { NotAcceptable } from '@isocenter/http';
import { describeImage, type EncodedFrame, type ImageDescription, type Metadata, transferSyntaxOf } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { inflatedSource, refuseImage, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { TranscodeFrames } from '../transcode-frames/transcode-frames.js';
import { imageElements } from './image-elements.js';
import { scanSource } from './scan-source.js';
import { writeFragments, writeNativeFrames } from './write-pixel-data.js';

const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const PIXEL_DATA = ['7FE00010', '7FE00008', '7FE00009'];

/** Whether frames have to be worked on: between syntaxes without fragments the headers of elements and the order of bytes differ. */
export function needsFrames(metadata: Metadata, stored: string, target: string): boolean {
  const hasPixels = PIXEL_DATA.some((tag) => metadata[tag] !== undefined);
  return hasPixels && (isEncapsulated(stored) || isEncapsulated(target));
}

/** A stored instance in another transfer syntax. */
@Injectable()
export class TranscodeInstance {
  constructor(private readonly instances: StoredInstances, private readonly images: StoredImages, private readonly transcodeFrames: TranscodeFrames) {}

  /**
   * The bytes of the new file, made frame by frame as they are asked for. The first are there when the first frame is: what cannot
   * be transcoded is refused before.
   */
  async *run(row: InstanceRow, target: string): AsyncGenerator<Buffer, undefined, void> {
    try {
      const { row: current, metadata } = await this.images.find(row);
      if (needsFrames(metadata, current.transferSyntax, target)) yield* this.withFrames(current, target);
      else yield* this.withoutFrames(current, metadata, target);
    } catch (error) {
      throw refuseImage(error);
    }
  }

  private async *withoutFrames(row: InstanceRow, metadata: Metadata, target: string): AsyncGenerator<Buffer, void, void> {
    const hasImage = PIXEL_DATA.some((tag) => metadata[tag] !== undefined);
    const plan = planTranscode(await this.scan(row, target), { ...targetOf(target, hasImage ? describeImage(metadata) : undefined), replaced: new Map() });
    yield* this.assemble(row, plan.before, 0);
  }

  private async *withFrames(row: InstanceRow, target: string): AsyncGenerator<Buffer, void, void> {
    const image = await this.requireImage(row);
    const others = this.transcodeFrames.run(image, numbersTo(image.table.frames), target);
    try {
      const [source, begun] = await Promise.all([this.scan(image.row, target), others.next()]);
      const first = begun.value!;
      const pixelDataEnd = endOfPixelData(source, image);
      const plan = planTranscode(source, { ...targetOf(target, image.image), replaced: imageElements(image.image, first), pixelDataEnd });
      const pixels = this.pixelData(first, others, image, target);
      yield* this.assemble(image.row, plan.before, 0);
      yield* pixels;
      if (pixelDataEnd < source.end || image.row.size > pixelDataEnd) yield* this.assemble(image.row, plan.after, pixelDataEnd);
    } finally {
      await others.return();
    }
  }

  private pixelData(first: EncodedFrame, others: AsyncGenerator<EncodedFrame, void, void>, { table }: StoredImage, target: string): AsyncGenerator<Buffer, void, void> {
    return isEncapsulated(target) ? writeFragments(first, others) : writeNativeFrames(first, others, table.frames, target !== IMPLICIT_VR_LITTLE_ENDIAN);
  }

  /** Of an image whose frames cannot be told apart there is no other form. */
  private async requireImage(row: InstanceRow): Promise<StoredImage> {
    try {
      return await this.images.require(row, [1]);
    } catch (error) {
      throw error instanceof Error && 'status' in error && error.status === 404 ? new NotAcceptable(`The instance cannot be transcoded: ${error.message}`, { cause: error }) : error;
    }
  }

  private scan(row: InstanceRow, target: string): Promise<RewriteSource> {
    return scanSource(this.instances.objects, row, { explicitVr: target !== IMPLICIT_VR_LITTLE_ENDIAN });
  }

  private async *assemble(row: InstanceRow, pieces: Parameters<typeof rewriteBytes>[1]['pieces'], at: number): AsyncGenerator<Buffer, void, void> {
    if (pieces.length === 0) return;
    yield* rewriteBytes(await inflatedSource(this.instances.objects, row, at), { pieces, deflated: undefined }, at);
  }
}

function targetOf(target: string, image: ImageDescription | undefined): Omit<TranscodeTarget, 'replaced'> {
  return { transferSyntaxUid: target, explicitVr: target !== IMPLICIT_VR_LITTLE_ENDIAN, bitsAllocated: image?.bitsAllocated ?? 8, isSigned: image?.pixelRepresentation === 1 };
}

function isEncapsulated(uid: string): boolean {
  return transferSyntaxOf(uid)?.encapsulated === true;
}

function* numbersTo(count: number): Generator<number> {
  for (let number = 1; number <= count; number += 1) yield number;
}

/** Offset behind Pixel Data with its delimiter, which a scan that ends before them does not know. */
function endOfPixelData({ scanned: { pixelData } }: RewriteSource, { table }: StoredImage): number {
  if (table.kind === 'encapsulated') return table.offset + table.starts.readUIntLE(table.width * table.fragments, table.width) + 8;
  return pixelData!.offset + pixelData!.length;
}
