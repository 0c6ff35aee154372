export * from './element-table.js';
export { isSignedOrUnsigned, keywordOfTag, parseAttributeId, tagOfKeyword, vrOfTag } from './dictionary/vr-of-tag.js';
