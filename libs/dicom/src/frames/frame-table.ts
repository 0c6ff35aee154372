/** Every frame is a run of bits at a fixed distance from the one before (PS3.5 §8.1.1, §8.2). */
export interface NativeFrames {
  readonly kind: 'native';
  readonly frames: number;
  /** Offset of the first byte of Pixel Data. */
  readonly offset: number;
  /** Bits of one frame. */
  readonly frameBits: number;
  /** Bits from one frame's start to the next: `frameBits`, or more where a writer began each one-bit frame at a byte. */
  readonly strideBits: number;
  readonly inflated: boolean;
}

/** Every frame is one or more whole fragments, which lie one behind the other (PS3.5 §A.4). */
export interface EncapsulatedFrames {
  readonly kind: 'encapsulated';
  readonly frames: number;
  /** Offset of the first fragment's item header. */
  readonly offset: number;
  readonly fragments: number;
  /** Bytes of an entry of `starts`. */
  readonly width: 4 | 6;
  /** Little endian, relative to `offset`: where each fragment's item header begins and, one entry more, where the last fragment ends. */
  readonly starts: Buffer;
  /** 32-bit little endian: index of each frame's first fragment and, one entry more, `fragments`. Undefined: one fragment a frame. */
  readonly firstFragments: Buffer | undefined;
  readonly inflated: boolean;
}

/**
 * Where frames lie. `inflated` says that offsets count in the file with its data set inflated (PS3.5 §A.5), so that the stored
 * object cannot be read at them directly.
 */
export type KnownFrames = NativeFrames | EncapsulatedFrames;

/** The instance has no frames, or none that can be told apart; `why` is for the answer to whoever asks for one. */
export interface UnknownFrames {
  readonly kind: 'unknown';
  readonly why: string;
}

export type FrameTable = KnownFrames | UnknownFrames;

export function unknownFrames(why: string): UnknownFrames {
  return { kind: 'unknown', why };
}

/** The attributes of the Image Pixel module (PS3.3 §C.7.6.3) that decide where frames lie; undefined where the data set has none. */
export interface ImageLayout {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly samplesPerPixel: number | undefined;
  readonly bitsAllocated: number | undefined;
  /** 1 where the data set has no (0028,0008). */
  readonly numberOfFrames: number;
  readonly photometricInterpretation?: string | undefined;
}
