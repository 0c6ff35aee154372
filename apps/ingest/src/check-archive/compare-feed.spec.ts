import { CommandSender } from '@isocenter/commands';
import { changeLine } from '@isocenter/journal';
import { FEED_LAST, NEVER_UPDATED, type ChangeRow, type InstanceRow, type NumberedChange, type Write } from '@isocenter/metadata-store';
import { ByteBudget, FilesObjectStore, segmentKey } from '@isocenter/object-store';
import { dicomFile, dicomText, openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CheckContext } from './check-archive.js';
import { compareFeed, type FeedPlace } from './compare-feed.js';
import type { Finding } from './finding.js';

/** More than one step keeps in mind, and more than one page. */
const MANY = 700;

describe('the check of the feed', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let commands: CommandSender;
  let rows: Write[];
  let sequence: number;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    commands = new CommandSender(ports.eventLog, ports.store);
    [rows, sequence] = [[], 0];
  });
  afterEach(async () => {
    commands.close();
    await objects.close();
    await ports.close();
  });

  const change = (sop: string, version: string, action: ChangeRow['action'] = 'create', numbered = true, detail: object = {}): void => {
    sequence += numbered ? 1 : 0;
    const place = { logPartition: 0, logOffset: rows.length, place: 0 };
    const timestamp = `2026-01-01T00:00:00.${String(sequence).padStart(7, '0')}Z`;
    rows.push({ op: 'insert', table: 'changes', row: { ...place, partition: 1, study: '1', series: '2', sop, version, action, decidedAt: 1, detail: JSON.stringify(detail), ...(numbered ? { sequence, timestamp } : { sequence: null, timestamp: null }) } });
  };
  const instance = (sop: string, version: string): void => {
    const row: InstanceRow = {
      partition: 1, study: '1', series: '2', sop, ordinal: rows.length, version, objectKey: 'k', size: 1, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null, storedBy: '', storedAt: '', frameCount: 0,
      studySet: '', seriesSet: '', attributes: '', ...NEVER_UPDATED,
    };
    rows.push({ op: 'insert', table: 'instances', row });
  };
  /** Every step ends at its first page. */
  const compare = async (repair = false): Promise<{ findings: Finding[]; count: number }> => {
    await ports.store.commit({ writes: [...rows, { op: 'put', table: 'cursors', row: { name: FEED_LAST, position: sequence, detail: '' } }] });
    const context: CheckContext = { ports: { ...ports, objects, commands }, request: { repair, objects: 'presence' }, operation: 'o', options: { budget: new ByteBudget(1_000_000), maxHeaderBytes: 1_000_000 }, ageMs: 0, signal: new AbortController().signal, isOver: () => true };
    const findings: Finding[] = [];
    let [count, place] = [0, undefined as FeedPlace | undefined];
    do {
      const compared = await compareFeed(context, place);
      findings.push(...compared.findings);
      count += compared.count;
      place = compared.next;
      // A step is gone on with from what the operation's row keeps.
      expect(JSON.stringify(place ?? null).length).toBeLessThan(100_000);
    } while (place);
    return { findings, count };
  };

  it('given versions that were replaced and then deleted, far apart and more than a step keeps, then none is lost, and each change is counted once', async () => {
    for (let at = 0; at < MANY; at += 1) change(`${at}`, `old ${at}`);
    for (let at = 0; at < MANY; at += 1) change(`${at}`, `new ${at}`);
    for (let at = 0; at < MANY; at += 1) change(`${at}`, `new ${at}`, 'delete');
    expect(await compare()).toEqual({ findings: [], count: 3 * MANY });
  });

  it('given versions without a row among them, then those are told, once each, with where they stand', async () => {
    for (let at = 0; at < MANY; at += 1) change(`${at}`, `old ${at}`);
    change('lost first', 'a');
    change('there', 'b');
    instance('there', 'b');
    for (let at = 0; at < MANY; at += 1) change(`${at}`, `old ${at}`, at % 2 === 0 ? 'delete' : 'create');
    for (let at = 1; at < MANY; at += 2) instance(`${at}`, `old ${at}`);
    change('lost last', 'c');
    const { findings } = await compare();
    expect(findings.map(({ kind, sopInstanceUid, sequence: place }) => [kind, sopInstanceUid, place])).toEqual([['row-missing', 'lost first', MANY + 1], ['row-missing', 'lost last', 2 * MANY + 3]]);
  });

  it('given a later change that has no number yet, then the version is not lost', async () => {
    change('replaced', 'a');
    change('replaced', 'b', 'create', false);
    change('replaced', 'b', 'delete', false);
    expect((await compare()).findings).toEqual([]);
  });

  /** A version whose object is there, as of an instance that was replaced and deleted within the grace. */
  const storedChange = async (sop: string, version: string): Promise<void> => {
    const bytes = dicomFile({ dataSet: dicomText({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080018': ['UI', sop], '00100020': ['LO', 'P'], '0020000d': ['UI', '1'], '0020000e': ['UI', '2'] }) });
    await objects.put(`p/1/2/${sop}_${version}.dcm`, bytes);
    change(sop, version, 'create', true, { objectKey: `p/1/2/${sop}_${version}.dcm`, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  };
  const lose = (from: number): ChangeRow[] => {
    const lost = rows.flatMap((write) => (write.table === 'changes' && write.op === 'insert' && write.row.sequence! >= from ? [write.row] : []));
    rows = rows.filter((write) => write.table !== 'changes' || write.op !== 'insert' || !lost.includes(write.row));
    return lost;
  };

  it('given a gap whose changes the journal has, when it is mended, then what they say counts: what was deleted is not brought back', async () => {
    await storedChange('3', 'a');
    change('3', 'b');
    change('3', 'b', 'delete');
    const lines = lose(2).map((row) => changeLine({ ...(row as NumberedChange), partitionName: 'Microsoft.Default', currentVersion: null }));
    await objects.put(segmentKey({ first: 2, last: 3 }), Buffer.from(`${lines.join('\n')}\n`));
    const { findings, count } = await compare(true);
    expect(findings.map(({ kind, sequence: at, mended }) => [kind, at, mended])).toEqual([['sequence-missing', 2, true], ['sequence-missing', 3, true]]);
    expect(count).toBe(3);
  });

  it('given a gap that stays, then no row is brought back of a change before it, since its delete may be lost', async () => {
    await storedChange('3', 'a');
    change('3', 'a', 'delete');
    lose(2);
    const { findings } = await compare(true);
    expect(findings.map(({ kind, sequence: at, mended }) => [kind, at, mended])).toEqual([['sequence-missing', 2, false], ['row-missing', 1, false]]);
    expect(findings[1]!.what).toContain('Changes behind it are missing');
  });

  it('given gaps at the beginning, within a page, between pages and at the end, then each is told', async () => {
    for (let at = 0; at < 1_200; at += 1) {
      change(`${at}`, `v ${at}`);
      instance(`${at}`, `v ${at}`);
    }
    const gone = [1, 2, 250, 500, 501, 1_000, 1_200];
    rows = rows.filter((write) => write.table !== 'changes' || write.op !== 'insert' || !gone.includes(write.row.sequence!));
    const { findings } = await compare();
    expect(findings.map(({ kind, sequence: first, what }) => [kind, first, what])).toEqual([
      [1, 'numbers 1 to 2'], [250, 'this number'], [500, 'numbers 500 to 501'], [1_000, 'this number'], [1_200, 'this number'],
    ].map(([first, text]) => ['sequence-missing', first, expect.stringContaining(String(text))]));
  });
});
