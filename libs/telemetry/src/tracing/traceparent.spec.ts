import { describe, expect, it } from '@jest/globals';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

describe('parseTraceparent', () => {
  it('given one of version 00, then what was formatted comes back', () => {
    const text = `00-${trace}-${span}-01`;
    const context = parseTraceparent(text);
    expect(context).toEqual({ traceId: trace, spanId: span, traceFlags: 1, isRemote: true });
    expect(formatTraceparent(context!)).toBe(text);
  });

  it('given flags that this version does not know, then only the sampled one counts', () => {
    expect(parseTraceparent(`00-${trace}-${span}-fe`)?.traceFlags).toBe(0);
    expect(parseTraceparent(`00-${trace}-${span}-ff`)?.traceFlags).toBe(1);
  });

  it('given a later version with more behind it, then what is known of it', () => {
    expect(parseTraceparent(`cc-${trace}-${span}-01-what-comes-later`)?.traceId).toBe(trace);
  });

  it.each([undefined, '', 'x', `ff-${trace}-${span}-01`, `00-${trace}-${span}-01-more`, `00-${trace}-${span}-01,`, `00-${'0'.repeat(32)}-${span}-01`, `00-${trace}-${'0'.repeat(16)}-01`, `00-${trace.toUpperCase()}-${span}-01`, `cc-${trace}-${span}-01-${'x'.repeat(200)}`])('given %s, then it is none', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});
