import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCommand, encodeCommand, type Command, type StoreInstanceBody } from './messages.js';
import { recordedFolder, recordedReleases } from '../test/recorded-releases.js';
import { sampleCommands } from '../test/sample-messages.js';
import { UnreadableCommandError } from './unreadable-command-error.js';

interface Recorded {
  readonly command: Command;
  /** Hexadecimal. */
  readonly body: { readonly metadata: string; readonly marks: string; readonly frameTable: string };
}

function hexOf({ metadata, marks, frameTable }: StoreInstanceBody): Recorded['body'] {
  return { metadata: metadata.toString('hex'), marks: marks.toString('hex'), frameTable: frameTable.toString('hex') };
}

const messages = recordedReleases.flatMap((release) => readdirSync(join(recordedFolder, release, 'commands')).filter((name) => name.endsWith('.bin')).map((name) => {
  const bytes = readFileSync(join(recordedFolder, release, 'commands', name));
  const expected = JSON.parse(readFileSync(join(recordedFolder, release, 'commands', name.replace('.bin', '.json')), 'utf8')) as Recorded;
  return { name: `${release}/${name}`, bytes, expected };
}));

describe('commands in the log', () => {
  it.each(messages)('given $name, as its release wrote it, then it is read as it was meant', ({ bytes, expected }) => {
    const { command, body } = decodeCommand(bytes);
    expect({ command, body: hexOf(body) }).toEqual(expected);
  });

  it.each(messages)('given $name, then what is written now reads the same', ({ bytes }) => {
    const { command, body } = decodeCommand(bytes);
    const again = decodeCommand(encodeCommand(command, body));
    expect({ command: again.command, body: hexOf(again.body) }).toEqual({ command, body: hexOf(body) });
  });

  it('given the samples, then what is written holds all that the last release wrote, which reads it while both run', () => {
    for (const [name, sample] of Object.entries(sampleCommands)) {
      const last = messages.filter((message) => message.name.endsWith(`/${name}.bin`)).at(-1);
      // A kind that the last release did not have.
      if (!last) continue;
      const written = encodeCommand(sample.command, sample.body);
      const { command, body } = decodeCommand(written);
      expect({ name, layout: written[0], command, body: hexOf(body) }).toMatchObject({ name, layout: last.bytes[0], ...last.expected });
    }
  });

  it('given fields of a newer program, then the command is read', () => {
    const { command } = decodeCommand(messages[0]!.bytes);
    const later: Command & { later: unknown } = { ...command, later: { x: 1 } };
    expect(decodeCommand(encodeCommand(later)).command).toMatchObject({ id: command.id, later: { x: 1 } });
  });

  describe('what cannot be read', () => {
    const store = messages.find(({ name }) => name === 'v0.1.0/store-instance.bin')!;
    const withHead = (head: unknown): Buffer => encodeCommand(head as Command);
    const without = (field: string): Buffer => withHead({ ...store.expected.command, [field]: undefined });

    it.each<[string, Buffer, RegExp]>([
      ['nothing', Buffer.alloc(0), /version undefined/],
      ['a later layout', Buffer.concat([Buffer.of(2), store.bytes.subarray(1)]), /version 2, this program reads version 1/],
      ['a length beyond the end', Buffer.from([1, 255, 255, 255, 255, 0]), /ends early/],
      ['no JSON', Buffer.from([1, 1, 0, 0, 0, 0x7b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), /not JSON/],
      ['null', withHead(null), /no object/],
      ['a list', withHead([]), /no object/],
      ['another type', withHead({ ...store.expected.command, type: 'update-everything' }), /unknown type 'update-everything'/],
      ['a type from the prototype', withHead({ ...store.expected.command, type: 'constructor' }), /unknown type/],
      ['no id', without('id'), /no id/],
      ['no study', without('study'), /no study/],
      ['no series', without('series'), /no series/],
      ['no attributes', without('studyAttributes'), /no studyAttributes/],
      ['a size that is no number', withHead({ ...store.expected.command, size: '1' }), /its size/],
      ['an unknown mode', withHead({ ...store.expected.command, mode: 'merge' }), /mode/],
      ['attributes without columns', withHead({ ...store.expected.command, seriesAttributes: { members: '' } }), /its seriesAttributes/],
      ['an update of nothing', withHead({ ...store.expected.command, type: 'update-instance', updateId: 'o' }), /no baseVersion/],
      ['a chunk without an end', withHead({ ...messages.find(({ name }) => name === 'v0.1.0/delete-chunk.bin')!.expected.command, chunkOf: { id: 'x' } }), /its chunkOf/],
    ])('given %s, then it says what is wrong', (_, bytes, text) => {
      expect(() => decodeCommand(bytes)).toThrow(UnreadableCommandError);
      expect(() => decodeCommand(bytes)).toThrow(text);
    });

    it('given any beginning of a message, then it is unreadable, never another error', () => {
      for (let length = 0; length < store.bytes.length; length += 1) expect(() => decodeCommand(store.bytes.subarray(0, length))).toThrow(UnreadableCommandError);
    });
  });
});
