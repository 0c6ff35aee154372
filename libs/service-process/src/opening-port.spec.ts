import { createLogger } from '@isocenter/telemetry';
import { describe, expect, it } from '@jest/globals';
import { OpeningPort, type OpeningPortOptions } from './opening-port.js';

const log = createLogger({ level: 'silent', service: 'test' });
const away = (): Error => Object.assign(new Error('connection refused'), { name: 'AwayError', retriable: true });

function opening(open: () => Promise<string>, over: Partial<OpeningPortOptions<string>> = {}): OpeningPort<string> {
  return new OpeningPort({ name: 'Store', needed: true, open, check: () => Promise.resolve(), close: () => Promise.resolve(), ...over });
}

describe('OpeningPort', () => {
  it('given a server that is away at first, then it is tried until it is there, and health says what is wrong until then', async () => {
    let tries = 0;
    const second = Promise.withResolvers<void>();
    const port = opening(async () => {
      tries += 1;
      if (tries === 2) await second.promise;
      if (tries < 3) throw away();
      return 'there';
    });
    await expect(port.health.check()).rejects.toMatchObject({ name: 'NotOpenYet' });
    const opened = port.open(log, new AbortController().signal);
    await until(() => tries === 2);
    await expect(port.health.check()).rejects.toMatchObject({ name: 'AwayError' });
    second.resolve();
    expect([await opened, tries]).toEqual(['there', 3]);
    await port.health.check();
  });

  it('given an error that waiting does not mend, then it is not tried again', async () => {
    let tries = 0;
    const port = opening(async () => {
      tries += 1;
      throw new Error('wrong password');
    });
    await expect(port.open(log, new AbortController().signal)).rejects.toThrow('wrong password');
    expect(tries).toBe(1);
  });

  it('given a process that is told to stop, then it waits no longer', async () => {
    const stopping = new AbortController();
    const opened = opening(() => Promise.reject(away())).open(log, stopping.signal);
    stopping.abort();
    await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('given a process that is told to stop during a try, then it does not wait for its end', async () => {
    const stopping = new AbortController();
    const opened = opening(() => new Promise(() => undefined)).open(log, stopping.signal);
    stopping.abort();
    await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('given a port that opened, then close closes it; one that did not needs nothing', async () => {
    const closed: string[] = [];
    const close = async (port: string): Promise<void> => void closed.push(port);
    await opening(() => Promise.reject(away()), { close }).close();
    const port = opening(async () => 'there', { close });
    await port.open(log, new AbortController().signal);
    await port.close();
    expect(closed).toEqual(['there']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
