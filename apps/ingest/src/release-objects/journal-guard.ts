export { requireWholeMetadata } from '@isocenter/journal';
