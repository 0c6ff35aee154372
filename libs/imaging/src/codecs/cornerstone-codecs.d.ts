// What is used of three packages that have no types. Buffers are views of WASM memory, valid until the next call.
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  export interface FrameInfo {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned?: boolean;
  }
  export interface CodestreamDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): FrameInfo;
    delete(): void;
  }
  /** Each start needs hooks of its own. */
  export interface Hooks {
    print(text: string): void;
    printErr(text: string): void;
  }
  const start: (hooks: Hooks) => Promise<{ J2KDecoder: new () => CodestreamDecoder }>;
  export default start;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  import { type CodestreamDecoder, type FrameInfo, type Hooks } from '@cornerstonejs/codec-openjpeg/wasmjs';
  export interface CodestreamEncoder {
    getDecodedBuffer(info: FrameInfo & { readonly isSigned: boolean; readonly isUsingColorTransform: boolean }): Uint8Array;
    setQuality(lossless: boolean, quantizationStep: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  const start: (hooks: Hooks) => Promise<{ HTJ2KDecoder: new () => CodestreamDecoder; HTJ2KEncoder: new () => CodestreamEncoder }>;
  export default start;
}

declare module '@cornerstonejs/codec-charls/wasmjs' {
  import { type CodestreamDecoder, type Hooks } from '@cornerstonejs/codec-openjpeg/wasmjs';
  const start: (hooks: Hooks) => Promise<{ JpegLSDecoder: new () => CodestreamDecoder & { getInterleaveMode(): number } }>;
  export default start;
}
