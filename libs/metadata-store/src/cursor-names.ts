/** Cursors that other services than their writer read. */

/** Of `change-feed`: the position is the last sequence that was given, the detail its timestamp. */
export const FEED_LAST = 'change-feed/last';
/** Of `change-feed`: the position is the last sequence that belongs to a segment of the journal. */
export const FEED_JOURNAL = 'change-feed/journal';
/** Of `change-feed`: the position is the number of the last object that holds the extended query tags, the detail the digest of what it holds. */
export const FEED_TAGS = 'change-feed/tags';
/** Of `change-feed`: the position is the last sequence that the public topic has; whatever it says, everything up to it is there. */
export const FEED_PUBLISHED = 'change-feed/published';
/** Of `index`: the position is the number that was given last, of an extended query tag or of the set without one. */
export const QUERY_TAG_NUMBERS = 'query-tags';
/**
 * Whether a rebuild runs: see `RebuildState` for the detail, the position is the last sequence of the journal that it brought
 * back. No row: none ever did.
 */
export const REBUILD = 'rebuild';

/**
 * `''` none runs. `lost`: the journal tells of more than the metadata, and nobody has begun to rebuild them. `replaying`:
 * changes are brought back. `restoring`: instances are, study by study. `deriving`: those of metadata that lost nothing are
 * made anew. With all but `''` nothing is removed, and with all but `''` and `deriving` nothing is numbered; with `lost` and
 * `replaying` no study accepts writes, with `restoring` those do not that have restorations left.
 */
export type RebuildState = '' | 'lost' | 'replaying' | 'restoring' | 'deriving';
