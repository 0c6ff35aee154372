export { decodeFrame, encodeFrame } from './code-frame.js';
export { type EncodedFrame, type EncodeOptions } from './codecs/codec.js';
export { defaultFrameLimits, frameBytes, type FrameLimits, type ImageDescription, type RawFrame } from './image-description.js';
export { describeImage, type Metadata, type MetadataElement } from './describe-image.js';
export { ImagingError, type ImagingCode } from './imaging-error.js';
export { type TransferSyntax, transferSyntaxes, transferSyntaxOf } from './transfer-syntaxes.js';
export { type AskOptions, FramePool, type FramePoolOptions } from './pool/frame-pool.js';
export { type FrameSource } from './pool/job.js';
