import { Random } from '../support/random.js';

export const services = ['gateway', 'ingest', 'index', 'retrieve', 'render', 'change-feed'] as const;
export const servers = ['kafka', 'mongodb', 'minio'] as const;
export type ServiceName = (typeof services)[number];
export type ServerName = (typeof servers)[number];

/** What can be done, and to whom. */
export type FaultCard =
  /** SIGKILL, and a start behind it: of a service at once, as an orchestrator does, of a server after a while. */
  | { readonly kind: 'kill'; readonly target: ServiceName | ServerName }
  /** SIGSTOP for longer than a deadline and than a consumer's session, then SIGCONT. */
  | { readonly kind: 'pause'; readonly target: ServiceName | ServerName }
  /** Commits are carried out, and their answers never come. */
  | { readonly kind: 'lose-commit'; readonly target: 'mongodb' }
  /** Records are appended, and the acknowledgement never comes: they are sent again. */
  | { readonly kind: 'lose-acknowledgement'; readonly target: 'kafka' }
  | { readonly kind: 'fill-disk'; readonly target: 'minio' }
  /** Commands that were decided come again, in another order. */
  | { readonly kind: 'redeliver'; readonly target: 'kafka' };

export type FaultKind = FaultCard['kind'];

export type Fault = FaultCard & {
  /** Of a service: one of its processes, counted from 0, or all of them. */
  readonly replica: number | 'all';
  /** How long it lasts, in milliseconds. */
  readonly ms: number;
};

export interface PlanOptions {
  readonly seed: number;
  readonly count: number;
  readonly replicas: number;
  readonly pauseMs: number;
  /** Longest time that a killed server stays away, and that other faults last. */
  readonly longestMs: number;
}

/** Every fault that there is. */
export const deck: readonly FaultCard[] = [
  ...[...services, ...servers].flatMap((target): FaultCard[] => [{ kind: 'kill', target }, { kind: 'pause', target }]),
  { kind: 'lose-commit', target: 'mongodb' }, { kind: 'lose-acknowledgement', target: 'kafka' }, { kind: 'fill-disk', target: 'minio' }, { kind: 'redeliver', target: 'kafka' },
];

const allReplicas = 0.25;

/** The same faults for the same seed: in each round through the deck one of each kind first, then the others. */
export const planFaults = ({ seed, count, replicas, pauseMs, longestMs }: PlanOptions): Fault[] => {
  const random = new Random(seed);
  const cards: FaultCard[] = [];
  while (cards.length < count) cards.push(...oneOfEachKindFirst(shuffled(deck, random)));
  return cards.slice(0, count).map((card) => ({
    ...card,
    replica: replicas === 1 || random.chance(allReplicas) ? 'all' : random.below(replicas),
    ms: card.kind === 'pause' ? pauseMs : Math.round(longestMs * (0.3 + 0.7 * random.next())),
  }));
};

const oneOfEachKindFirst = (cards: readonly FaultCard[]): FaultCard[] => {
  const first = cards.filter(({ kind }, at) => cards.findIndex((card) => card.kind === kind) === at);
  return [...first, ...cards.filter((card) => !first.includes(card))];
};

export const shuffled = <T>(of: readonly T[], random: Random): T[] => {
  const mixed = [...of];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
};

export const isService = (target: string): target is ServiceName => (services as readonly string[]).includes(target);

/** In a line. */
export const describeFault = ({ kind, target, replica, ms }: Fault): string => {
  const who = isService(target) && (kind === 'kill' || kind === 'pause') ? `${target}-${replica === 'all' ? 'all' : replica + 1}` : target;
  return kind === 'kill' && isService(target) ? `${kind} ${who}` : `${kind} ${who} for ${(ms / 1000).toFixed(1)} s`;
};
