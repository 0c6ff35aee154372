import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

function record(level: 'info' | 'silent' = 'info') {
  const lines: string[] = [];
  return { lines, log: createLogger({ level, service: 'test', destination: { write: (line) => void lines.push(line) } }) };
}

describe('createLogger', () => {
  it('given fields and a text, then writes one JSON line with level, time and service', () => {
    const { lines, log } = record();
    log.info({ requestId: 'r1', status: 200 }, 'request');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', service: 'test', requestId: 'r1', status: 200, msg: 'request', time: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it('given members that may hold patient data or credentials, then their values are not written', () => {
    const { lines, log } = record();
    log.info({ body: 'Doe^John', headers: { authorization: 'k' }, request: { query: 'PatientName=Doe', authorization: 'k' }, req: { x: 'Doe' } }, 'x');
    expect(lines[0]).not.toMatch(/Doe|"k"/);
  });

  it('given an error from JSON.parse, then the quoted body is not written, and the stack has frames only', () => {
    const { lines, log } = record();
    try {
      JSON.parse('Doe^John');
    } catch (err) {
      log.error({ err }, 'failed');
    }
    expect(lines[0]).not.toContain('Doe');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ name: 'SyntaxError', stack: expect.stringMatching(/^ {4}at /) });
  });

  it('given an error with extra members and causes, then only name, code, message, stack and cause are written', () => {
    const { lines, log } = record();
    log.error({ err: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'E_X', row: 'Doe' }) }, 'failed');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ code: 'E_X', message: 'outer', cause: { message: 'inner' } });
    expect(lines[0]).not.toContain('Doe');
  });
});
