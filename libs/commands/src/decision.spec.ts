import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedFolder, recordedReleases } from '../test/recorded-releases.js';
import { sampleDecisions } from '../test/sample-messages.js';
import { decodeDecision, decodeOutcomes, encodeDecision, type Decision } from './decision.js';

const read = (release: string, name: string): Buffer => readFileSync(join(recordedFolder, release, name));
const decisionsOf = (release: string): { text: string; decision: Decision }[] => JSON.parse(read(release, 'decisions.json').toString()) as { text: string; decision: Decision }[];

describe.each(recordedReleases)('given what release %s wrote', (release) => {
  it('then its decisions are read as they were meant', () => {
    for (const { text, decision } of decisionsOf(release)) expect(decodeDecision(text)).toEqual(decision);
  });

  it('then its outcomes are read as they were meant', () => {
    expect(decodeOutcomes(read(release, 'outcomes.bin'))).toEqual(JSON.parse(read(release, 'outcomes.json').toString()));
  });
});

it('given a decision of each kind, then what is written holds all that the last release wrote, which reads it while both run', () => {
  for (const { text, decision: { kind } } of decisionsOf(recordedReleases.at(-1)!)) {
    const sample = sampleDecisions.find((decision) => decision.kind === kind)!;
    expect(JSON.parse(encodeDecision(sample))).toMatchObject(JSON.parse(text) as object);
  }
});
