import { type BulkValue, decodeFrameTable, type FrameTable, frameParts, type KnownFrames, webView } from '@isocenter/dicom';
import { marksOf, NotFound } from '@isocenter/http';
import { describeImage, type FrameSource, type ImageDescription, type Metadata, type Presentation, presentationBytes, readIccProfile, readPresentation, transferSyntaxOf } from '@isocenter/imaging';
import type { InstanceMetadataRow, InstanceRow } from '@isocenter/metadata-store';
import { inlineOrObject } from '@isocenter/object-store';
import { Injectable } from '@nestjs/common';
import { openBulkValue } from './open-bulk-value.js';
import { type ImageMetadata, readImageMetadata } from './read-image-metadata.js';
import { readWholeFrame } from './read-whole-frame.js';
import { originalOf } from './request-original.js';
import { StoredInstances } from './stored-instances.js';

/** What of an instance is needed to work on its frames. */
export interface StoredImage {
  readonly row: InstanceRow;
  readonly metadata: Metadata;
  /** Item of the functional groups of a frame, from 1. */
  readonly ofFrame: ImageMetadata['ofFrame'];
  /** As the data set says it. */
  readonly image: ImageDescription;
  readonly table: KnownFrames;
  readonly bulk: readonly BulkValue[];
}

/** Bytes of what is kept: a viewer asks for many frames of few instances. */
const KEPT = 32 * 1024 * 1024;
/** What becomes of a byte of DICOM JSON when it is parsed, a bulk value, and an instance beside all that. */
const [BYTES_A_BYTE, BYTES_A_BULK_VALUE, BYTES_AN_INSTANCE] = [5, 250, 1000];
/** What is read at once has no more. */
const MAX_BULK_BYTES = 32 * 1024 * 1024;
const PER_FRAME_GROUPS = '52009230';
const ICC_PROFILE = '00282000';
const BULK_PREFIX = '/bulkdata/';

interface Known extends ImageMetadata {
  readonly table: FrameTable;
  readonly bulk: readonly BulkValue[];
  readonly jsonBytes: number;
}

/** An instance, whatever it is. */
export interface FoundInstance {
  /** Of now: the version may have been replaced. */
  readonly row: InstanceRow;
  /** As far as it is about images and documents. */
  readonly metadata: Metadata;
  readonly table: FrameTable;
  readonly bulk: readonly BulkValue[];
  /** Of all of its metadata as DICOM JSON. */
  readonly jsonBytes: number;
}

/** Images by version, the most recently used ones in memory. */
@Injectable()
export class StoredImages {
  private readonly known = new Map<string, Known>();
  private length = 0;

  constructor(private readonly instances: StoredInstances) {}

  /**
   * Throws NotFound for an instance without pixel data, or without the frame, and ImagingError for one that is no image.
   *
   * @param numbers from 1
   */
  async require(row: InstanceRow, numbers: readonly number[]): Promise<StoredImage> {
    const { row: current, known: { metadata, ofFrame, table, bulk } } = await this.of(row);
    if (table.kind === 'unknown') throw new NotFound(`The instance has no frames: ${table.why}`);
    const missing = numbers.find((number) => number > table.frames);
    if (missing !== undefined) throw new NotFound(`There is no frame ${missing}; the instance has ${table.frames}.`);
    return { row: current, metadata, ofFrame, table, bulk, image: describeImage(metadata) };
  }

  async find(row: InstanceRow): Promise<FoundInstance> {
    const { row: current, known: { metadata, table, bulk, jsonBytes } } = await this.of(row);
    return { row: current, metadata, table, bulk, jsonBytes };
  }

  /** Bytes of a frame as stored. */
  lengthOf({ table }: StoredImage, number: number): number {
    return frameParts(table, number).length;
  }

  /** A frame as it is stored, and what is to be called when nobody looks at it any more. */
  async read({ row, table, image }: StoredImage, number: number): Promise<{ source: FrameSource; release: () => void }> {
    const { bytes, release } = await readWholeFrame(this.instances.objects, row, table, number);
    return { source: { transferSyntaxUid: row.transferSyntax, frame: bytes, image }, release };
  }

  /** Throws ImagingError when a part of it cannot be had. */
  async presentation(image: StoredImage, number: number): Promise<Presentation> {
    const { row, bulk } = image;
    const found = await readPresentation(metadataOfFrame(image, number), number, (uri, part) => this.readBulk(row, bulk, uri.slice(BULK_PREFIX.length), part));
    // Codecs keep the stored bits only.
    return transferSyntaxOf(row.transferSyntax)?.encapsulated === true ? { ...found, overlayBits: 0 } : found;
  }

  /** Bytes that it holds at most. Throws ImagingError. */
  presentationLength(image: StoredImage, number: number): number {
    return presentationBytes(metadataOfFrame(image, number), number);
  }

  /** Bytes that `iccProfile` reads at most. */
  iccProfileLength({ bulk }: StoredImage): number {
    return Math.min(MAX_BULK_BYTES, bulk.reduce((most, { path, length }) => (path.endsWith(ICC_PROFILE) ? Math.max(most, length) : most), 0));
  }

  /** Undefined for an image without one. */
  iccProfile({ row, metadata, bulk }: StoredImage): Promise<Uint8Array | undefined> {
    return readIccProfile(metadata, (uri) => this.readBulk(row, bulk, uri.slice(BULK_PREFIX.length)));
  }

  /** As much of the part as there is. */
  private async readBulk(row: InstanceRow, bulk: readonly BulkValue[], path: string, { first, length } = { first: 0, length: Infinity }): Promise<Buffer | undefined> {
    const value = bulk.find((one) => one.path === path);
    const wanted = value === undefined ? 0 : Math.max(0, Math.min(length, value.length - first));
    if (value === undefined || wanted > MAX_BULK_BYTES) return undefined;
    const bytes = Buffer.alloc(wanted);
    let at = 0;
    for await (const chunk of await openBulkValue(this.instances, row, value, { first, length: wanted })) at += chunk.copy(bytes, at);
    return bytes;
  }

  private async of(row: InstanceRow): Promise<{ row: InstanceRow; known: Known }> {
    const kept = this.known.get(row.version);
    if (kept) {
      this.known.delete(row.version);
      this.known.set(row.version, kept);
      return { row, known: kept };
    }
    const { partition, study, series, sop, version } = row;
    const { store, objects } = this.instances;
    const stored = await (row.originalVersion === version ? this.findOriginal(row) : store.findInstanceMetadata(partition, study, series, sop));
    // Replaced or deleted since the row was read; what an update left as the original is still what was asked for.
    if (stored?.version !== version) {
      const later = await this.instances.requireLater(row);
      return this.of(later.originalVersion === version ? originalOf(later) : later);
    }
    const json = Buffer.concat(webView(await inlineOrObject(objects, stored.metadata, stored.metadataKey), marksOf(stored.marks), ''));
    const encodedTable = await inlineOrObject(objects, stored.frameTable, stored.frameTableKey);
    const [image, table, bulk] = [await readImageMetadata(json), decodeFrameTable(encodedTable), JSON.parse(stored.bulk) as BulkValue[]];
    const known: Known = { ...image, table, bulk, jsonBytes: json.length, length: BYTES_A_BYTE * image.length + encodedTable.length + BYTES_A_BULK_VALUE * bulk.length + BYTES_AN_INSTANCE };
    this.keep(version, known);
    return { row, known };
  }

  private async findOriginal({ partition, study, series, sop }: InstanceRow): Promise<InstanceMetadataRow | undefined> {
    const [stored] = await this.instances.store.listInstanceMetadata({ partition, study, series, sop }, -1, 1, { original: true });
    return stored;
  }

  private keep(version: string, known: Known): void {
    // Somebody else asked for it at the same time.
    if (this.known.has(version)) return;
    this.known.set(version, known);
    this.length += known.length;
    for (const [oldest, { length }] of this.known) {
      if (this.length <= KEPT) return;
      this.known.delete(oldest);
      this.length -= length;
    }
  }
}

function metadataOfFrame({ metadata, ofFrame }: StoredImage, number: number): Metadata {
  const items: (Metadata | undefined)[] = [];
  items[number - 1] = ofFrame(number);
  return { ...metadata, [PER_FRAME_GROUPS]: { vr: 'SQ', Value: items } };
}
