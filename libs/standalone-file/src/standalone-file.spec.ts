import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderInUseError, SchemaTooNewError, StandaloneFileError } from './errors.js';
import type { SchemaComponent } from './migrate.js';
import { STANDALONE_FILE_NAME, StandaloneFile } from './standalone-file.js';
import type { Statement, WriteResult } from './statement.js';

const words: SchemaComponent = { name: 'words', migrations: ['CREATE TABLE words (place INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT'] };

const add = (word: string): Statement => ({ sql: 'INSERT INTO words (word) VALUES (?)', params: [word] });
const write = (file: StandaloneFile, word: string, durable = true): Promise<WriteResult> => file.write({ statements: [add(word)], durable });
const readWords = (file: StandaloneFile): string[] => file.read('SELECT word FROM words ORDER BY place', []).map(({ word }) => String(word));

describe('StandaloneFile', () => {
  let root: string;
  let folder: string;
  let opened: StandaloneFile[];
  const open = (components: readonly SchemaComponent[] = [words], at = folder): StandaloneFile => {
    const file = StandaloneFile.open(at, components, 1);
    opened.push(file);
    return file;
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isocenter-file-'));
    folder = join(root, 'data');
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((file) => file.close()));
    rmSync(root, { recursive: true });
  });

  describe('writing', () => {
    it('given an open file, then ping passes; given a closed one, then it says so', async () => {
      const other = open([], join(root, 'ping'));
      expect(() => other.ping()).not.toThrow();
      await other.close();
      expect(() => other.ping()).toThrow(StandaloneFileError);
    });

    it('given a value, when its promise resolves, then the calling thread and the reader threads see it', async () => {
      const file = open();
      expect(await write(file, 'one')).toEqual({ committed: true, rows: [] });
      expect(readWords(file)).toEqual(['one']);
      expect(await file.query('SELECT word FROM words', [])).toEqual([{ word: 'one' }]);
    });

    it('given many values at once, then all are in, in the order in which they were handed over', async () => {
      const file = open();
      const wanted = Array.from({ length: 1_000 }, (_, at) => `word ${at}`);
      const results = wanted.map((word, at) => write(file, word, at % 7 === 0));
      expect(file.pendingWrites).toBe(1_000);
      await Promise.all(results);
      expect(readWords(file)).toEqual(wanted);
      expect(file.pendingWrites).toBe(0);
    });

    it('given statements with RETURNING, then their rows come back', async () => {
      const file = open();
      const result = await file.write({ statements: [{ ...add('one'), sql: `${add('one').sql} RETURNING place`, returning: true }], durable: true });
      expect(result).toEqual({ committed: true, rows: [[{ place: 1 }]] });
    });

    it('given a value whose second statement changes another number of rows than it has to, then nothing of it is in and the statement is named', async () => {
      const file = open();
      const statements = [add('one'), { sql: 'UPDATE words SET word = ? WHERE word = ?', params: ['two', 'nothing'], changes: 1 }, add('three')];
      expect(await file.write({ statements, durable: true })).toEqual({ committed: false, statement: 1 });
      expect(readWords(file)).toEqual([]);
    });

    it('given a group of values of which some fail, then those change nothing and the others are all in', async () => {
      const file = open();
      await write(file, 'taken');
      const results = await Promise.allSettled([
        write(file, 'first'),
        file.write({ statements: [add('half'), add('taken')], durable: true }),
        write(file, 'second'),
        file.write({ statements: [add('half'), { sql: 'INSERT INTO nowhere VALUES (1)', params: [] }], durable: true }),
        file.write({ statements: [add('half'), { sql: 'DELETE FROM words WHERE word = ?', params: ['nothing'], changes: 1 }], durable: true }),
        write(file, 'third'),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(results[1]).toMatchObject({ reason: { name: 'StandaloneFileError', sqliteCode: 2067 /* SQLITE_CONSTRAINT_UNIQUE */ } });
      expect(readWords(file)).toEqual(['taken', 'first', 'second', 'third']);
    });

    it('given a value that cannot be written, then the error says that it is refused for its content', async () => {
      const file = open();
      const wrong = [add('a'), { sql: 'INSERT INTO words (word) VALUES (?)', params: [undefined as unknown as null] }];
      for (const statements of [[add('x'), add('x')], wrong, [{ sql: 'INSERT INTO words (place, word) VALUES (?, ?)', params: ['no number', 'x'] }]]) {
        await expect(file.write({ statements, durable: true })).rejects.toMatchObject({ name: 'StandaloneFileError', refused: true });
      }
      expect(readWords(file)).toEqual([]);
    });

    it('given a value that sees what another of its group wrote, then the order of handing over decides', async () => {
      const file = open();
      const claim = { sql: 'INSERT INTO words (word) VALUES (?) ON CONFLICT DO NOTHING', params: ['claimed'], changes: 1 };
      const results = await Promise.all(Array.from({ length: 10 }, () => file.write({ statements: [claim], durable: true })));
      expect(results.map(({ committed }) => committed)).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
    });

    it('given writes under way, when the file is closed, then they are finished first', async () => {
      const file = open();
      const writes = Array.from({ length: 300 }, (_, at) => write(file, `word ${at}`, false));
      await file.close();
      expect((await Promise.all(writes)).every(({ committed }) => committed)).toBe(true);
      expect(readWords(open())).toHaveLength(300);
    });

    it('given a closed file, then a write or query is rejected instead of waiting for ever', async () => {
      const file = open();
      await file.close();
      await expect(write(file, 'late')).rejects.toMatchObject({ name: 'StandaloneFileError', refused: false });
      await expect(file.query('SELECT 1', [])).rejects.toThrow(StandaloneFileError);
    });
  });

  describe('reading', () => {
    it('given a query that is wrong, then it is rejected and the reader goes on', async () => {
      const file = open();
      await expect(file.query('SELECT * FROM nowhere', [])).rejects.toThrow(StandaloneFileError);
      expect(await file.query('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
    });

    it('given bytes, then what is read later does not depend on the writer\'s buffer', async () => {
      const file = open([{ name: 'bytes', migrations: ['CREATE TABLE bytes (value BLOB NOT NULL) STRICT'] }]);
      const value = Buffer.from('as it was').subarray(3);
      const written = file.write({ statements: [{ sql: 'INSERT INTO bytes VALUES (?)', params: [value] }], durable: true });
      value.fill(0);
      await written;
      expect(Buffer.from(file.read('SELECT value FROM bytes', [])[0]!.value as Uint8Array).toString()).toBe('it was');
    });
  });

  describe('the folder', () => {
    it('given an open file, when the folder is opened again in this process, then it is refused until the first is closed', async () => {
      const file = open();
      expect(() => open()).toThrow(DataFolderInUseError);
      await file.close();
      expect(readWords(open())).toEqual([]);
    });

    it('given another process with the folder, then it is refused with a text that says what to do, and free again after kill -9', async () => {
      const test = join(import.meta.dirname, '../test');
      const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', join(test, 'run-typescript.js')];
      const child = spawn(process.execPath, [...flags, join(test, 'hold-folder.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      try {
        await Promise.race([once(child.stdout, 'data'), ended]);
        expect(child.exitCode).toBeNull();
        expect(() => open()).toThrow(/in use by another isocenter process.*DATA_DIR/);
      } finally {
        child.kill('SIGKILL');
        await ended;
      }
      expect(readWords(open())).toEqual(['written by the child']);
    });
  });

  describe('the schema', () => {
    const grown: SchemaComponent = { ...words, migrations: [...words.migrations, "ALTER TABLE words ADD COLUMN language TEXT NOT NULL DEFAULT 'en'"] };

    it('given rows of the version before, then the next migration is made once and keeps them', async () => {
      const before = open();
      await write(before, 'one');
      await before.close();
      for (let start = 0; start < 2; start += 1) {
        const after = open([grown]);
        expect(after.read('SELECT word, language FROM words', [])).toEqual([{ word: 'one', language: 'en' }]);
        await after.close();
      }
    });

    it('given a file of a newer program, then it is refused, and the folder is free', async () => {
      await open([grown]).close();
      expect(() => open([words])).toThrow(SchemaTooNewError);
      expect(() => open([words])).toThrow(/words schema is version 2, this program knows up to 1/);
      await open([grown]).close();
    });

    it('given a component that is new, then the others stay as they are', async () => {
      await write(open(), 'one');
      await opened.pop()!.close();
      const file = open([words, { name: 'more', migrations: ['CREATE TABLE more (x INTEGER)'] }]);
      expect(readWords(file)).toEqual(['one']);
      expect(file.read('SELECT * FROM schema_versions ORDER BY component', [])).toEqual([{ component: 'more', version: 1 }, { component: 'words', version: 1 }]);
    });

    it('given a migration that fails half-way, then nothing of it is in', async () => {
      expect(() => open([words, { name: 'broken', migrations: ['CREATE TABLE half (x INTEGER); INSERT INTO nowhere VALUES (1)'] }])).toThrow(/nowhere/);
      const file = open();
      expect(file.read("SELECT name FROM sqlite_schema WHERE name = 'half'", [])).toEqual([]);
    });
  });

  describe('a power cut', () => {
    const logName = `${STANDALONE_FILE_NAME}-wal`;
    const FRAME_BYTES = 24 + 4096;

    /** The folder as a disk holds it that kept `bytes` of the write-ahead log. */
    function afterPowerCut(name: string, bytes: number): string[] {
      const copy = join(root, name);
      for (const part of [STANDALONE_FILE_NAME, logName]) cpSync(join(folder, part), join(copy, part));
      truncateSync(join(copy, logName), bytes);
      return readWords(open([words], copy));
    }

    it('given a write that is not durable and then a durable one, when the log ends where the durable one ended, then both are there', async () => {
      const file = open();
      await write(file, 'appended', false);
      await write(file, 'decided', true);
      const synced = statSync(join(folder, logName)).size;
      await write(file, 'not synced', false);
      expect(statSync(join(folder, logName)).size).toBeGreaterThan(synced);
      expect(afterPowerCut('cut', synced)).toEqual(['appended', 'decided']);
    });

    it('given any number of pages that the disk kept, then what is there is the beginning of what was written', async () => {
      const file = open();
      const wanted = ['a', 'b', 'c', 'd', 'e'];
      for (const word of wanted) await write(file, word, word === 'c');
      const { size } = statSync(join(folder, logName));
      const seen = new Set<number>();
      for (let bytes = 32; bytes <= size; bytes += FRAME_BYTES) {
        const found = afterPowerCut(`cut-${bytes}`, bytes);
        await opened.pop()!.close();
        expect(found).toEqual(wanted.slice(0, found.length));
        seen.add(found.length);
      }
      expect([...seen]).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });
});
