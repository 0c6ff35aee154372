import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { ctInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { driveLoad, median, type Outcome } from './drive-load.js';
import { startIsocenter, type Peer } from './peer.js';
import { interleave, shown, type BenchContext, type Measure, type Row } from './row.js';
import { fill, instanceOf, storeRequest } from './sample-data.js';

const stored = 20_000;
const perStudy = 10;
const clients = 8;
const perRound = 1_500;
const seconds = 60;
const tag = { Path: '00181030', VR: 'LO', Level: 'Series' };

const fillStudies = (peer: Peer): Promise<void> =>
  fill(peer, stored, 50, (number) => {
    const study = Math.floor(number / perStudy);
    return ctInstance({ studyInstanceUid: uidOf('reindexed', study), seriesInstanceUid: uidOf('reindexed', study, 's'), sopInstanceUid: uidOf('reindexed', number, 'i') }, 8, 8);
  });

/** Adds a tag, waits until all that is stored is indexed by it, and removes it. Resolves with instances a second. */
const reindexOnce = async (peer: Peer, ended: () => boolean): Promise<number | undefined> => {
  const tags = `${peer.baseUrl}/v2/extendedquerytags`;
  const started = performance.now();
  const added = await call(tags, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify([tag])) });
  if (added.status !== 202) throw new Error(`The tag was answered ${added.status}: ${added.body.toString()}`);
  let rate: number | undefined;
  while (!ended()) {
    const operation = await call(String(added.headers.location));
    if (operation.status === 200) {
      rate = stored / ((performance.now() - started) / 1000);
      break;
    }
    await pause(50);
  }
  const removed = await call(`${tags}/${tag.Path}`, { method: 'DELETE' });
  if (removed.status !== 204) throw new Error(`The removal of the tag was answered ${removed.status}: ${removed.body.toString()}`);
  return rate;
};

const measureReindex = async (context: BenchContext): Promise<readonly Measure[]> => {
  const peer = await startIsocenter(context.below);
  try {
    await fillStudies(peer);
    const storeRound = (name: string, round: number, perSecond?: number): Promise<Outcome> => driveLoad({
      port: peer.port, connections: clients, requests: perRound, seconds,
      requestOf: (number) => storeRequest(peer, [ctInstance(instanceOf(`${name}-${round}-${Math.floor(number / 100)}`, number))]), ...(perSecond === undefined ? {} : { perSecond }),
    });
    const most = [await storeRound('most', 0), await storeRound('most', 1), await storeRound('most', 2)].slice(1);
    const half = median(most.map(({ perSecond }) => perSecond)) / 2;
    const indexed: number[] = [];
    const warmUp = 1;
    const outcomes = await interleave(context.rounds + warmUp, ['alone', 'beside'] as const, async (name, round) => {
      if (name === 'alone') return storeRound(name, round, half);
      let ended = false;
      const reindexing = (async () => {
        while (!ended) {
          const rate = await reindexOnce(peer, () => ended);
          if (rate !== undefined) indexed.push(rate);
        }
      })();
      try {
        return await storeRound(name, round, half);
      } finally {
        ended = true;
        await reindexing;
      }
    });
    const p99 = (name: 'alone' | 'beside'): number => median(outcomes[name].slice(warmUp).map((outcome) => outcome.p99));
    const growth = p99('beside') / p99('alone');
    const unhindered = await reindexOnce(peer, () => false);
    context.say(`  p99 of ${shown(half, 'stores/s')}: ${shown(p99('alone'), 'ms')}, beside a re-index ${shown(p99('beside'), 'ms')}, ${growth.toFixed(2)}× (${outcomes.alone.map((one) => one.p99.toFixed(0)).join(', ')}; ${outcomes.beside.map((one) => one.p99.toFixed(0)).join(', ')}); re-index ${unhindered?.toFixed(0)} instances/s alone, ${indexed.map((rate) => rate.toFixed(0)).join(', ') || 'none ended'} beside`);
    return [
      { work: `STOW at half of its rate, ${shown(half, '/s')}, beside a re-index of ${stored} instances`, isocenter: `p99 ${shown(p99('beside'), 'ms')}`, other: `no re-index p99 ${shown(p99('alone'), 'ms')}`, ratio: growth, target: '< 2× of p99 alone', met: growth < 2 },
      { work: `re-index of ${stored} instances in ${stored / perStudy} studies, nothing beside it`, isocenter: shown(unhindered ?? Number.NaN, 'instances/s'), target: 'reported' },
    ];
  } finally {
    await peer.end();
  }
};

export const reindexRow: Row = { name: 'reindex', about: 'STOW of 0.5 MB CT instances while tags are added to an archive that is full, isocenter only', run: measureReindex };
