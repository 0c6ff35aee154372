import { empty, json } from '../answers.js';
import { flag, header, limit, offset, sequence, time } from '../parameters.js';
import { type Descriptions } from '../route-description.js';
import { bytes } from '../schemas.js';

const includeMetadata = flag('includeMetadata', true, 'Whether entries have the metadata of now.');

export const changeFeedDescriptions: Descriptions = {
  'GET /changefeed': ({ changeFeed }) => ({
    id: 'readChanges', group: 'Change feed', summary: 'Read a window of the changes of all partitions',
    description: 'Ordered, complete: sequences begin at 1 and have no gap.',
    parameters: changeFeed.paging === 'time'
      ? [
        time('startTime', 'First moment of the window, with a time zone; an emitted timestamp hits exactly.'), time('endTime', 'Moment before which the window ends.'),
        offset('Entries of the window that are skipped.'), limit(changeFeed.limit), includeMetadata,
      ]
      : [offset('Sequence behind which the window begins.'), limit(changeFeed.limit), includeMetadata],
    answers: { 200: json('The entries; an empty list when there are none.', 'ChangeEntries') },
    errors: [],
  }),
  'GET /changefeed/latest': () => ({
    id: 'readLatestChange', group: 'Change feed', summary: 'Read the newest change',
    parameters: [includeMetadata],
    answers: { 200: json('The entry.', 'ChangeEntry'), 204: empty('There is none.') },
    errors: [],
  }),
  'GET /changefeed/stream': () => ({
    id: 'streamChanges', group: 'Change feed', summary: 'Follow the changes as server-sent events',
    description: 'The id of an event is its sequence, so a client that comes back with Last-Event-ID misses nothing.',
    parameters: [sequence('fromSequence', 'First event; absent: what comes from now on.'), header('Last-Event-ID', { type: 'string', pattern: '^[0-9]{1,15}$' }, 'The last event that the client has; beats fromSequence.'), includeMetadata],
    answers: { 200: { description: 'Events without an end.', content: { 'text/event-stream': bytes } } },
    errors: [],
  }),
  'GET /changefeed/journal': () => ({
    id: 'downloadJournal', group: 'Change feed', summary: 'Download the journal',
    parameters: [sequence('fromSequence', 'Segments that end before it are left out.'), sequence('toSequence', 'Segments that begin behind it are left out.')],
    answers: { 200: { description: 'A change or partition on each line; whole segments.', content: { 'application/x-ndjson': bytes } } },
    errors: [],
  }),
};
