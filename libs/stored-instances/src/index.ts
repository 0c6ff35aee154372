export { FrameTables } from './frame-tables.js';
export { openBulkValue } from './open-bulk-value.js';
export { frameLength, openFrameRange } from './open-frame-range.js';
export { type Frame, readFrame } from './read-frame.js';
export { DEFLATED, inflatedSource } from './read-range.js';
export { refuseImage } from './refuse-image.js';
export { originalOf, wantsOriginal } from './request-original.js';
export { type FoundInstance, type StoredImage, StoredImages } from './stored-images.js';
export { type FoundInstances, type OpenedInstance, type ResourcePath, StoredInstances } from './stored-instances.js';
