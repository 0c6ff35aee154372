export { digestChanges, digestStudy, NO_ANSWERS, type AnswerPorts, type Digested } from './digest-answers.js';
export { changeLine, changeRow, parseRecord, partitionLine, type ChangeRecord, type JournalRecord, type PartitionRecord, type VersionFacts } from './journal-record.js';
export { readNewestTagSet, tagSetKey, writeTagSet, type TagSet } from './query-tag-sets.js';
export { findJournalEnd, JournalGapError, listSegments, readSegment, type JournalEnd, type Segment, type SegmentContent } from './read-journal.js';
export { findLoss, isBroughtBack, MetadataLostError, RebuildRunsError, requireNothingLost, requireWholeMetadata } from './whole-metadata.js';
