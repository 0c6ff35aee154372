import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { peakWhile } from '../bench/process-memory.js';
import { image, storedPath } from '../http/stored-images.js';
import { startArchive, type Archive } from '../support/archive.js';
import { callUntilTaken } from '../support/http-call.js';
import { hostileImages, renamed } from './hostile-images.js';

const limit = 400 * 1024 ** 2;
const explicit = '1.2.840.10008.1.2.1';
const asked = [
  ['/rendered', 'image/jpeg'], ['/rendered', 'image/png'], ['/thumbnail', 'image/jpeg'], ['/frames/1', `multipart/related; type="application/octet-stream"; transfer-syntax=${explicit}`],
  ['', `application/dicom; transfer-syntax=${explicit}`],
] as const;

let archive: Archive;
let web: string;
beforeAll(async () => {
  // What is said to be larger is refused before it waits for room that others need.
  archive = await startArchive({ env: { LOG_LEVEL: 'warn', IMAGE_MAX_PIXELS: '16000000' } });
  web = `${archive.baseUrl}/dicom-web`;
});
afterAll(() => archive.end());

const pathsOf = async (files: readonly Buffer[], first: number): Promise<string[]> => {
  const paths: string[] = [];
  for (const [number, file] of files.entries()) paths.push(await storedPath(web, renamed(file, first + number)));
  return paths;
};

describe('I7 bad input is answered: images', () => {
  it('given images that lie and are broken, then each request for one is refused with a sentence, good ones beside them are answered as ever, and memory stays small', async () => {
    const hostile = hostileImages();
    const paths = await pathsOf(hostile.map(({ bytes }) => bytes), 0);
    const good = await pathsOf(['jpeg-70/u16.dcm', 'jpeg-ls-80/u12.dcm', 'j2k-90/u16.dcm', 'htj2k-201/u16.dcm', 'rle-5/u16.dcm'].map(image), 900);
    // Each asks for a quality of its own, so that none is kept from before.
    const picture = async (number: number): Promise<string> => {
      const { status, body } = await callUntilTaken(`${web}${good[number % good.length]}/rendered?quality=${1 + (number % 100)}`, { headers: { accept: 'image/png' } });
      return `${status} ${body.toString('base64')}`;
    };
    const expected = await Promise.all(good.map((_path, number) => picture(number)));
    const wrong: string[] = [];
    let isOver = false;
    let answered = 0;
    const askGood = async (): Promise<void> => {
      for (; !isOver || answered < 20; answered += 1) if ((await picture(answered)) !== expected[answered % good.length]) wrong.push(`picture ${answered}`);
    };
    const requests = paths.flatMap((path, number) => asked.map(([resource, accept]) => ({ name: `${hostile[number]!.name} ${resource} ${accept}`, url: `${web}${path}${resource}`, accept })));
    const askHostile = async (): Promise<void> => {
      for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
        const { status, body } = await callUntilTaken(next.url, { headers: { accept: next.accept } });
        if (![404, 406].includes(status) || !/\w{3,}.*\.\W*$/s.test(body.toString('utf8', 0, 1000))) wrong.push(`${next.name}: ${status} ${body.toString('utf8', 0, 100)}`);
      }
    };
    const peak = await peakWhile(archive.processes, async () => {
      const beside = askGood();
      await Promise.all([askHostile(), askHostile(), askHostile(), askHostile()]);
      isOver = true;
      await beside;
    });
    expect(wrong).toEqual([]);
    expect(peak < limit ? 'below' : peak / 1024 ** 2).toBe('below');
    expect([archive.running, archive.log.includes('unknown error')]).toEqual([true, false]);
  });
});
