import { BadRequest, dialectPolicies } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { parseWindow } from './parse-window.js';

const v1 = dialectPolicies['azure-v1'].changeFeed;
const v2 = dialectPolicies['azure-v2'].changeFeed;

describe('parseWindow', () => {
  it('given nothing, then the defaults of the version', () => {
    expect(parseWindow('', v2)).toEqual({ startTime: undefined, endTime: undefined, offset: 0, limit: 100, includeMetadata: true });
    expect(parseWindow('', v1)).toMatchObject({ offset: 0, limit: 10 });
  });

  it.each([
    ['startTime=2026-07-24T09:00:00Z', '2026-07-24T09:00:00.0000000Z'],
    ['STARTTIME=2026-07-24T09:00:00.1234567Z', '2026-07-24T09:00:00.1234567Z'],
    ['startTime=2026-07-24T11:00:00%2B02:00', '2026-07-24T09:00:00.0000000Z'],
    ['startTime=2026-07-24T11:00:00+02:00', '2026-07-24T09:00:00.0000000Z'],
    ['startTime=2026-07-24T09:00Z', '2026-07-24T09:00:00.0000000Z'],
  ])('given %s, then it begins at %s', (query, startTime) => {
    expect(parseWindow(query, v2).startTime).toBe(startTime);
  });

  it.each([
    'startTime=2026-07-24T09:00:00', 'startTime=yesterday', 'endTime=2026-13-01T00:00:00Z', 'startTime=2026-07-24T09:00:00Z&endTime=2026-07-24T09:00:00Z',
    'offset=-1', 'offset=x', 'limit=0', 'limit=201', 'includeMetadata=yes',
  ])('given %s, then it is refused with the allowed values', (query) => {
    expect(() => parseWindow(query, v2)).toThrow(BadRequest);
  });

  it('given v1, then times are not looked at and the limit ends at 100', () => {
    expect(parseWindow('startTime=x&limit=100', v1).limit).toBe(100);
    expect(() => parseWindow('limit=101', v1)).toThrow(BadRequest);
  });
});
