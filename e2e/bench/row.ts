import type { Peer, PeerName } from './peer.js';

export interface BenchContext {
  readonly rounds: number;
  /** Folder on the disk that is measured. */
  readonly below: string;
  /** Set to measure one server alone. */
  readonly only: PeerName | undefined;
  readonly say: (text: string) => void;
}

/** One line of the table of results. */
export interface Measure {
  readonly work: string;
  readonly isocenter: string;
  /** What it is compared with, and that one's number; absent when there is nothing to compare. */
  readonly other?: string;
  /** isocenter's number over the other's, turned so that more is better. */
  readonly ratio?: number;
  readonly target: string;
  readonly met?: boolean;
}

export interface Row {
  readonly name: string;
  readonly about: string;
  readonly run: (context: BenchContext) => Promise<readonly Measure[]>;
}

/** The same work on each in turn, round by round, every second round in the other order, so that a slow minute hits all. */
export const interleave = async <Name extends string, Result>(
  rounds: number, names: readonly Name[], measure: (name: Name, round: number) => Promise<Result>,
): Promise<Record<Name, Result[]>> => {
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) results[name].push(await measure(name, round));
  }
  return results;
};

export const peerNamed = (peers: readonly Peer[], name: string): Peer => {
  const found = peers.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`No server called ${name} takes part.`);
  return found;
};

export const shown = (value: number, unit: string): string => {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return `${value.toFixed(digits)} ${unit}`;
};
