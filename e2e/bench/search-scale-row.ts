import { ctInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { driveLoad, getRequest, median } from './drive-load.js';
import { startIsocenter, type Peer } from './peer.js';
import { interleave, shown, type BenchContext, type Measure, type Row } from './row.js';
import { fill } from './sample-data.js';

const few = 1_000;
const many = 100_000;
const accept = { Accept: 'application/dicom+json' };
const families = ['Abe', 'Baker', 'Clark', 'Dietrich', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ivanov', 'Jensen', 'Keller', 'Lopez', 'Meyer', 'Novak', 'Olsen', 'Petrov', 'Quinn', 'Rossi', 'Silva', 'Tanaka'];
const givens = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hana', 'Ida', 'Jon', 'Kim', 'Leo', 'Mia', 'Noa', 'Ole', 'Pia', 'Rex', 'Sue', 'Tom', 'Uma'];

const patientOf = (number: number): string => `PID${String(number).padStart(6, '0')}`;
/** Twenty patients of a family, whatever the size of the archive: what is measured is the search, not a longer answer. */
const nameOf = (number: number): string => `${families[number % 20]}${String(Math.floor(number / 400)).padStart(3, '0')}^${givens[Math.floor(number / 20) % 20]}`;
/** Twenty years, so that a day has some studies of 100,000 and now and then one of 1,000. */
const dateOf = (number: number): string => new Date(Date.UTC(2005, 0, 1 + ((number * 2_741) % 7_300))).toISOString().slice(0, 10).replaceAll('-', '');

const fillStudies = (peer: Peer, studies: number): Promise<void> =>
  fill(peer, studies, 50, (number) => {
    const study = { studyInstanceUid: uidOf('scale', number), seriesInstanceUid: uidOf('scale', number, 's'), sopInstanceUid: uidOf('scale', number, 'i') };
    return ctInstance({ ...study, patientId: patientOf(number), patientName: nameOf(number), studyDate: dateOf(number), accessionNumber: `A${number}` }, 8, 8);
  });

interface Question {
  readonly work: string;
  readonly target: string;
  readonly most?: number;
  /** Of a study that is in both archives. */
  readonly query: (number: number) => string;
}

const questions: readonly Question[] = [
  { work: 'QIDO p99 by PatientID', target: '≤ 2× with 1,000', most: 2, query: (number) => `PatientID=${patientOf(number)}` },
  { work: 'QIDO p99 by StudyDate range of a week, limit 25', target: '≤ 2× with 1,000', most: 2, query: (number) => {
    const from = dateOf(number);
    const to = new Date(Date.UTC(Number(from.slice(0, 4)), Number(from.slice(4, 6)) - 1, Number(from.slice(6)) + 6)).toISOString().slice(0, 10).replaceAll('-', '');
    return `StudyDate=${from}-${to}&limit=25`;
  } },
  { work: 'QIDO p99 by fuzzy name, limit 25', target: '≤ 2× with 1,000', most: 2, query: (number) => `PatientName=${encodeURIComponent(nameOf(number).split('^')[0] ?? '')}&fuzzymatching=true&limit=25` },
  { work: 'QIDO p99 by name *x*, limit 25', target: 'reported', query: (number) => `PatientName=${encodeURIComponent(`*${nameOf(number).slice(1, 5)}*`)}&limit=25` },
];

const measureScale = async (context: BenchContext): Promise<readonly Measure[]> => {
  const peers: Record<'few' | 'many', Peer> = { few: await startIsocenter(context.below), many: await startIsocenter(context.below) };
  try {
    await fillStudies(peers.few, few);
    const started = performance.now();
    await fillStudies(peers.many, many);
    context.say(`  stored ${many} studies in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const measures: Measure[] = [];
    for (const question of questions) measures.push(await ask(context, peers, question));
    return measures;
  } finally {
    await peers.few.end();
    await peers.many.end();
  }
};

const ask = async (context: BenchContext, peers: Record<'few' | 'many', Peer>, { work, target, most, query }: Question): Promise<Measure> => {
  const warmUp = 1;
  const outcomes = await interleave(context.rounds + warmUp, ['few', 'many'] as const, (name) => driveLoad({
    port: peers[name].port, connections: 4, requests: 2000, seconds: 5,
    requestOf: (number) => getRequest(`${peers[name].root}/studies?${query((number * 37) % few)}`, accept),
  }));
  const p99 = (name: 'few' | 'many'): number => median(outcomes[name].slice(warmUp).map((outcome) => outcome.p99));
  const rate = (name: 'few' | 'many'): number => median(outcomes[name].slice(warmUp).map((outcome) => outcome.perSecond));
  const growth = p99('many') / p99('few');
  context.say(`  ${work}: ${shown(p99('many'), 'ms')} with 100,000, ${shown(p99('few'), 'ms')} with 1,000; ${growth.toFixed(2)}×`);
  return {
    work, target, isocenter: `100,000 studies: ${shown(p99('many'), 'ms')}, ${shown(rate('many'), '/s')}`,
    other: `1,000 studies: ${shown(p99('few'), 'ms')}, ${shown(rate('few'), '/s')}`, ratio: growth, ...(most === undefined ? {} : { met: growth <= most }),
  };
};

export const searchScaleRow: Row = { name: 'qido-scale', about: 'QIDO-RS with 1,000 and with 100,000 studies, 4 clients, isocenter only', run: measureScale };
