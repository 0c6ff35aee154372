import { assemblePieces, type Piece, planTranscode, type RewriteSource, type TranscodeTarget } from '@isocenter/dicom';
import { NotAcceptable } from '@isocenter/http';
import { canTranscode, type EncodedFrame, type Metadata, numberOf, transferSyntaxOf } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { inflatedSource, refuseImage, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { TranscodeFrames } from '../transcode-frames/transcode-frames.js';
import { imageElements, type SourceImage } from './image-elements.js';
import { requireImage } from './require-image.js';
import { scanSource } from './scan-source.js';
import { writeFragments, writeNativeFrames } from './write-pixel-data.js';

const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const PIXEL_DATA = ['7FE00010', '7FE00008', '7FE00009'];
const BITS_ALLOCATED = '00280100';
const PIXEL_REPRESENTATION = '00280103';

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
   *
   * @param signal of who waits
   */
  async *run(row: InstanceRow, target: string, signal?: AbortSignal): AsyncGenerator<Buffer, undefined, void> {
    try {
      const { row: current, metadata } = await this.images.find(row);
      // Replaced since it was looked at: what stands there now may be of another kind.
      if (!canTranscode(current.transferSyntax, target)) throw new NotAcceptable(`The instance is stored with transfer syntax ${current.transferSyntax} now and cannot be transcoded; ask with transfer-syntax=*.`);
      if (needsFrames(metadata, current.transferSyntax, target)) yield* this.withFrames(current, target, signal);
      else yield* this.withoutFrames(current, metadata, target);
    } catch (error) {
      throw refuseImage(error);
    }
  }

  private async *withoutFrames(row: InstanceRow, metadata: Metadata, target: string): AsyncGenerator<Buffer, void, void> {
    // Whatever else its description lacks: headers can be written anew.
    const image = { bitsAllocated: numberOf(metadata, BITS_ALLOCATED) ?? 8, pixelRepresentation: numberOf(metadata, PIXEL_REPRESENTATION) ?? 0 };
    const plan = planTranscode(await this.scan(row, target), { ...targetOf(target, image), replaced: new Map() });
    yield* this.assemble(row, plan.before, 0);
  }

  private async *withFrames(row: InstanceRow, target: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer, void, void> {
    const image = await requireImage(this.images, row);
    const others = this.transcodeFrames.run(image, numbersTo(image.table.frames), image.table.frames, target, signal);
    try {
      const [source, begun] = await Promise.all([this.scan(image.row, target), others.next()]);
      const first = begun.value!;
      const pixelDataEnd = endOfPixelData(source, image);
      const plan = planTranscode(source, { ...targetOf(target, image.image), replaced: imageElements(sourceOf(image, this.images.lengthOf(image, 1)), first), pixelDataEnd });
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

  private scan(row: InstanceRow, target: string): Promise<RewriteSource> {
    return scanSource(this.instances.objects, row, { explicitVr: target !== IMPLICIT_VR_LITTLE_ENDIAN });
  }

  private async *assemble(row: InstanceRow, pieces: Iterable<Piece>, at: number): AsyncGenerator<Buffer, void, void> {
    yield* assemblePieces(await inflatedSource(this.instances.objects, row, at), pieces, at);
  }
}

function targetOf(target: string, { bitsAllocated, pixelRepresentation }: { readonly bitsAllocated: number; readonly pixelRepresentation: number }): Omit<TranscodeTarget, 'replaced'> {
  return { transferSyntaxUid: target, explicitVr: target !== IMPLICIT_VR_LITTLE_ENDIAN, bitsAllocated, isSigned: pixelRepresentation === 1 };
}

function sourceOf({ image, metadata, row }: StoredImage, firstLength: number): SourceImage {
  return { image, metadata, transferSyntax: row.transferSyntax, firstLength };
}

export function isEncapsulated(uid: string): boolean {
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
