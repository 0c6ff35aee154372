/** Cursors that other services than their writer read. */

/** Of `change-feed`: the position is the last sequence that was given, the detail its timestamp. */
export const FEED_LAST = 'change-feed/last';
/** Of `change-feed`: the position is the last sequence that belongs to a segment of the journal. */
export const FEED_JOURNAL = 'change-feed/journal';
