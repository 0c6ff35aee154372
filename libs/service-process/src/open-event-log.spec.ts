import { TOPICS } from '@isocenter/event-log';
import { describe, expect, it } from '@jest/globals';
import { topicsOf } from './open-event-log.js';

describe('topicsOf', () => {
  it('given no retention of the public topic, then the table as it is', () => {
    expect(topicsOf({ changeFeedRetentionMs: 0 })).toEqual(Object.values(TOPICS));
  });

  it('given one, then it is that of the public topic, and of no other', () => {
    const given = topicsOf({ changeFeedRetentionMs: 86_400_000 });
    expect(given.filter(({ name, retention }) => Object.values(TOPICS).some((topic) => topic.name === name && topic.retention !== retention))).toEqual([{ ...TOPICS.changeFeed, retention: 86_400_000 }]);
    expect(given).toHaveLength(Object.keys(TOPICS).length);
  });
});
