import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { median } from './drive-load.js';
import { startIsocenter, type Peer } from './peer.js';
import { inMegabytes, peakMemory, resetPeak } from './process-memory.js';
import { shown, type BenchContext, type Measure, type Row } from './row.js';
import { fillSeries, instanceOf } from './sample-data.js';

const count = 500;
const seed = 'updated';
const { studyInstanceUid } = instanceOf(seed, 0);

/** Instances a second of one bulk update, from its request until its operation has ended. */
const updateOnce = async (peer: Peer, round: number): Promise<number> => {
  const changeDataset = { PatientName: { vr: 'PN', Value: [{ Alphabetic: `Round^${round}` }] } };
  const started = performance.now();
  const { status, headers, body } = await call(`${peer.baseUrl}/v2/studies/$bulkUpdate`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ studyInstanceUids: [studyInstanceUid], changeDataset })),
  });
  if (status !== 202) throw new Error(`The bulk update was answered ${status}: ${body.toString()}`);
  for (;;) {
    const operation = await call(String(headers.location));
    if (operation.status === 200) {
      const { results } = JSON.parse(operation.body.toString()) as { results: { instanceUpdated: number } };
      if (results.instanceUpdated !== count) throw new Error(`Of ${count} instances ${results.instanceUpdated} were updated.`);
      return count / ((performance.now() - started) / 1000);
    }
    await pause(20);
  }
};

const measureUpdate = async (context: BenchContext): Promise<readonly Measure[]> => {
  const peer = await startIsocenter(context.below, { env: { DELETE_GRACE_MS: '0' } });
  try {
    await fillSeries(peer, seed, count);
    await updateOnce(peer, 0);
    await resetPeak(peer.pid);
    const rates: number[] = [];
    for (let round = 1; round <= context.rounds; round += 1) rates.push(await updateOnce(peer, round));
    const rate = median(rates);
    const isocenter = `${shown(rate, '/s')}, ${inMegabytes(await peakMemory(peer.pid))} at most`;
    context.say(`  ${isocenter} (${rates.map((one) => one.toFixed(0)).join(', ')})`);
    return [{ work: `bulk update of a study of ${count} CT instances`, isocenter, target: '≥ 100 instances/s', met: rate >= 100 }];
  } finally {
    await peer.end();
  }
};

export const updateRow: Row = { name: 'bulk-update', about: `bulk update of a study of ${count} CT instances of 0.5 MB, both versions kept, isocenter only`, run: measureUpdate };
