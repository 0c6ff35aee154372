/**
 * Stands in the ETag of pictures and of what is transcoded. To be raised by every change after which they come out otherwise: browsers
 * would keep the old ones. `test/results-revision.spec.ts` tells when.
 */
export const RESULTS_REVISION = 1;
