import { describe, expect, it } from '@jest/globals';
import { readAnswer, type StoreAnswer } from './read-answer.js';

const answer = (status: number, dataSet: object | string = '', more: Partial<StoreAnswer> = {}): ReturnType<typeof readAnswer> => readAnswer({ status, body: typeof dataSet === 'string' ? dataSet : JSON.stringify(dataSet), ...more });
const comment = (...texts: string[]): object => ({ vr: 'SQ', Value: texts.map((text) => ({ '00000902': { vr: 'LO', Value: [text] } })) });
const failed = (reason: number, ...texts: string[]): object => ({ '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [reason] }, '00741048': comment(...texts) }] } });
const stored = (more: object = {}): object => ({ '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] }, ...more }] } });

describe('readAnswer', () => {
  it('given a reference to the instance, then it is stored', () => {
    expect(answer(200, stored())).toEqual({ kind: 'stored' });
    expect(answer(200, stored({ '00741048': { vr: 'SQ' } }))).toEqual({ kind: 'stored' });
  });

  it('given 200 of an archive that says no more, or not in JSON, then it is stored', () => {
    expect([answer(200), answer(200, '<NativeDicomModel/>'), answer(200, [stored()])]).toEqual(Array.from({ length: 3 }, () => ({ kind: 'stored' })));
  });

  it('given a warning, then it is stored with that in words', () => {
    expect(answer(202, stored({ '00081196': { vr: 'US', Value: [45063] }, '00741048': comment('one', 'two') }))).toEqual({ kind: 'stored-with-warning', why: 'the data set does not match its SOP class (45063): one two' });
  });

  it('given that the bytes were there, as /dicom-web says it and as /v2 does, then it is there already', () => {
    expect(answer(200, stored({ '00991002': { vr: 'CS', Value: ['SAME'] } }))).toEqual({ kind: 'there-already' });
    expect(answer(409, failed(45070, 'An instance with these UIDs and identical bytes is stored already.'))).toEqual({ kind: 'there-already' });
  });

  it('given 45070 of other bytes, or of nobody knows which, then it has failed', () => {
    expect(answer(409, failed(45070, 'other bytes'))).toEqual({ kind: 'failed', why: 'an instance with these UIDs and other bytes is stored already (45070): other bytes' });
    expect(answer(409, failed(45070))).toMatchObject({ kind: 'failed' });
  });

  it.each<[number, string]>([
    [272, 'the archive failed to process it (272).'], [43264, 'it is not valid, or no DICOM (43264).'], [42752, 'the archive is out of resources (42752).'],
    [49153, 'the archive cannot understand it (49153).'], [7, 'a reason that has no name here (7).'],
  ])('given the failure %d, then it has failed: %s', (reason, why) => {
    expect(answer(409, failed(reason))).toEqual({ kind: 'failed', why });
  });

  it('given that a delete is not finished, then it may be sent again', () => {
    expect(answer(409, failed(45071))).toMatchObject({ kind: 'again', because: 'broken' });
  });

  it.each([424, 429, 503, 507])('given %d, then the archive is away, for as long as Retry-After says and no longer than five minutes', (status) => {
    expect(answer(status, 'The event log is\nnot available.', { retryAfter: '7' })).toEqual({ kind: 'again', because: 'away', why: `HTTP ${status}: The event log is not available.`, afterMs: 7000 });
    expect(answer(status, '', { retryAfter: '86400' })).toMatchObject({ afterMs: 300_000 });
    expect(answer(status, '', { retryAfter: 'Thu, 01 Jan 1970 00:00:00 GMT' })).toMatchObject({ afterMs: 0 });
    expect(answer(status, '', { retryAfter: 'soon' })).not.toHaveProperty('afterMs');
  });

  it.each([408, 500, 502, 504])('given %d, then this request is broken and may be sent again', (status) => {
    expect(answer(status)).toMatchObject({ kind: 'again', because: 'broken' });
  });

  it.each<[number, string]>([[401, 'ISOCENTER_KEY'], [403, 'permission'], [404, '--url'], [405, '--url']])('given %d, then no file would fare better, and the text names %s', (status, named) => {
    expect(answer(status, 'No.')).toEqual({ kind: 'hopeless', why: expect.stringContaining(named) });
  });

  it('given a redirect, then the text names where to', () => {
    expect(answer(308, '', { location: 'https://elsewhere/' })).toMatchObject({ kind: 'hopeless', why: expect.stringContaining('https://elsewhere/') });
  });

  it('given another refusal, then the file has failed with its text, cut and in one line', () => {
    expect(answer(413, `Too\n large ${'x'.repeat(1000)}`)).toMatchObject({ kind: 'failed', why: expect.stringMatching(/^HTTP 413: Too large x{200,300} …$/) });
    expect(answer(400, '<html>')).toEqual({ kind: 'failed', why: 'HTTP 400.' });
    expect(answer(409, 'not JSON')).toMatchObject({ kind: 'failed' });
    expect(answer(204)).toMatchObject({ kind: 'failed' });
  });
});
