import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { given } from '../http/store-request.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { until } from '../invariants/until.js';
import { newArchiveData, profile, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { backUpMetadata, backUpObjects } from '../support/back-up.js';
import { call } from '../support/http-call.js';
import { uidOf } from '../support/uid.js';

interface Entry {
  readonly Sequence: number;
  readonly StudyInstanceUid: string;
}

/** Segments of the journal and the query tags, which the backup has before the other objects. */
const isJournal = (key: string): boolean => /^(journal\/[^/]*\.ndjson$|query-tags~\/)/.test(key);

const DEADLINE_MS = 3_000;
const env = { STORE_DEADLINE_MS: String(DEADLINE_MS) };

describe('Backup and restore', () => {
  let data: ArchiveData;
  let backup: ArchiveData;
  let archive: Archive;
  beforeEach(async () => {
    [data, backup] = [await newArchiveData(), await newArchiveData()];
    archive = await startArchive({ data, env });
  });
  afterEach(async () => {
    await archive.end();
    await data.remove();
    await backup.remove();
  });

  const isocenter = (command: string, ...words: string[]): Promise<Ended> => runIsocenter([command, '--url', `${archive.baseUrl}/v2`, ...words]).ended;
  /** Of all names the one that its objects share with the journal. */
  const root = (): string => `${archive.baseUrl}/v2/partitions/journal`;
  const sops = ['1', '2', '3'];
  const store = (study: string): Promise<void> => given(root(), sops.map((sop) => smallInstance(identityOf(study, 'series', sop))));
  const text = async (path: string): Promise<string> => {
    const { status, body } = await call(`${root()}${path}`);
    return `${status} ${body.toString('latin1').replaceAll(archive.baseUrl, '')}`;
  };
  /** A digest of everything that clients get of a study. */
  const answersOf = async (study: string): Promise<string> => {
    const { studyInstanceUid: uid, seriesInstanceUid: series } = identityOf(study);
    const hash = createHash('sha256');
    for (const path of [`/studies?StudyInstanceUID=${uid}&includefield=all`, `/studies/${uid}/series?includefield=all`, `/studies/${uid}/instances?includefield=all`, `/studies/${uid}/metadata`]) hash.update(await text(path));
    for (const sop of sops) hash.update(await text(`/studies/${uid}/series/${series}/instances/${uidOf(study, 'series', sop)}`));
    return hash.digest('hex');
  };
  const answersOfAll = async (studies: readonly string[]): Promise<string[]> => Promise.all(studies.map(answersOf));
  const feedOf = async (studies: readonly string[]): Promise<Entry[]> => {
    const entries = JSON.parse((await call(`${archive.baseUrl}/v2/changefeed?limit=200&includemetadata=false`)).body.toString()) as Entry[];
    return entries.filter((entry) => studies.some((study) => uidOf(study) === entry.StudyInstanceUid));
  };

  /** Uploads from now on until `end`; `goOn` resolves when some more were acknowledged. */
  const upload = (): { goOn: () => Promise<void>; end: () => Promise<void> } => {
    let isOver = false;
    let [begun, done] = [0, 0];
    const work = async (lane: number): Promise<void> => {
      for (; !isOver; done += 1) await store(`backup meanwhile ${lane} ${(begun += 1)}`);
    };
    const working = Promise.all([work(1), work(2)]);
    return {
      goOn: () => {
        const before = done;
        return until('more was uploaded', () => done > before + 2);
      },
      end: async () => {
        isOver = true;
        await working;
      },
    };
  };
  const before = ['backup a', 'backup b', 'backup c', 'backup deleted'];
  const storeBefore = async (): Promise<void> => {
    for (const study of before) await store(study);
    await given(root(), [smallInstance({ ...identityOf('backup b', 'series', '2'), patientName: 'Other^Name' })], { method: 'PUT' });
    await call(`${root()}/studies/${uidOf('backup deleted')}`, { method: 'DELETE' });
  };
  const differences = async (...words: string[]): Promise<Ended> => isocenter('check', '--digest', ...words);

  it('given metadata and objects that were copied while uploads went on, restored, then what was acknowledged before is there as it was, no image points to a missing object, and stores go on', async () => {
    await storeBefore();
    const { goOn, end } = upload();
    await goOn();
    await backUpObjects(data, backup, isJournal);
    await goOn();
    await backUpMetadata(data, backup);
    await goOn();
    await backUpObjects(data, backup, (key) => !isJournal(key));
    await end();
    const [answers, feed] = [await answersOfAll(before), await feedOf(before)];
    await archive.stop();
    const stoppedAt = Date.now();
    await until('commands in the log are past their deadline', () => Date.now() > stoppedAt + DEADLINE_MS);
    // The log is no part of it: where there is one it goes on, and what it has that the metadata do not was never stored.
    archive = await startArchive({ data: backup, env: { ...env, ...(profile === 'stack' && { KAFKA_TOPIC_PREFIX: `${data.name}.` }) } });
    expect(await answersOfAll(before)).toEqual(answers);
    expect(await feedOf(before)).toEqual(feed);
    const repaired = await differences('--repair');
    // The journal was copied before the metadata, which know what it lacks.
    expect(repaired.stdout.split('\n').filter((line) => line !== '' && !/^(journal-missing .* Mended\.|Checked: .*)$/.test(line))).toEqual([]);
    await store('backup afterwards');
    expect(await differences()).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference.') });
  });

  it('given objects alone, journal first, restored into an empty archive and rebuilt, then what the journal knew is there as it was', async () => {
    await storeBefore();
    const { goOn, end } = upload();
    await goOn();
    await call(`${archive.baseUrl}/v2/changefeed/journal`);
    await backUpObjects(data, backup, isJournal);
    await goOn();
    await backUpObjects(data, backup, (key) => !isJournal(key));
    await end();
    const [answers, feed] = [await answersOfAll(before), await feedOf(before)];
    await archive.stop();
    archive = await startArchive({ data: backup, env });
    const { stdout } = await isocenter('rebuild-index');
    expect(stdout).not.toMatch(/The rebuild .* failed/);
    expect(await answersOfAll(before)).toEqual(answers);
    expect(await feedOf(before)).toEqual(feed);
    await store('backup afterwards');
    expect(await differences()).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference.') });
  });
});
