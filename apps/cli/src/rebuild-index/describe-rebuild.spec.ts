import { describe, expect, it } from '@jest/globals';
import { describeRebuild, resultsOf } from './describe-rebuild.js';

const shown = (results: object): string => describeRebuild(resultsOf({ operationId: 'o', status: 'succeeded', percentComplete: 100, results }));

describe('describeRebuild', () => {
  it('given all of it, then what was made anew, and the digest last', () => {
    expect(shown({ changes: 3, instances: 2, digest: { instances: 2, changes: 3, sha256: 'abc' } })).toBe('Made anew: 3 changes, 2 instances.\nAnswers: 2 instances, 3 changes, SHA-256 abc\n');
  });

  it('given a digest alone, then it alone is told', () => {
    expect(shown({ digest: { instances: 2, changes: 3, sha256: 'abc' } })).toBe('Answers: 2 instances, 3 changes, SHA-256 abc\n');
  });

  it('given what failed, what is undecided and what is in quarantine, then each is told, and what is to be done', () => {
    expect(shown({ failed: 2, failures: ['1/2/3: gone'], undecided: 1, undecidedInstances: ['4/5/6: 7 bytes'], quarantined: 4 }).split('\n')).toEqual([
      'failed  1/2/3: gone', '  and 1 more', 'undecided  4/5/6: 7 bytes', expect.stringContaining('--restore-undecided'), '4 objects that nobody knows were put below quarantine~/ in the object store.',
      'Made anew: 0 changes, 0 instances, 2 failed.', '',
    ]);
  });
});
