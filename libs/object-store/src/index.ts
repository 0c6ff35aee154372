export { OBJECT_STORE } from './object-store.js';
export type { LentBytes, LentChunks, ListedObject, ObjectInfo, ObjectRange, ObjectStore, ObjectWriter } from './object-store.js';
export { ObjectExistsError, ObjectNotFoundError, ObjectStoreError, ObjectStoreSettingsError, ObjectStoreUnavailableError, ObjectTruncatedError, ObjectUnreadableError } from './object-store-errors.js';
export { assertObjectKey, encodeSegment, instanceKey, instancePrefix, parseInstanceKey, type InstanceIdentity, type VersionKey } from './object-key.js';
export { beforeSegmentsFrom, parseSegmentKey, segmentKey, SEGMENTS_PREFIX, type SegmentRange } from './journal-key.js';
export { ByteBudget, type BudgetClaim, type BudgetShare } from './byte-budget.js';
export { FilesObjectStore } from './files/files-object-store.js';
export { measured } from './measured-object-store.js';
export { inlineOrObject } from './inline-or-object.js';
