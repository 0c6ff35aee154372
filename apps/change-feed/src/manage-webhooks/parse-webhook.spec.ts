import { describe, expect, it } from '@jest/globals';
import { columnsOf, parseWebhook } from './parse-webhook.js';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

describe('parseWebhook', () => {
  it('given all members, then they are read, and become columns', () => {
    const filter = { partitions: ['Microsoft.Default'], modalities: ['CT'], sopClasses: ['1.2.840.10008.5.1.4.1.1.2'], actions: ['create', 'delete'] };
    const change = parseWebhook({ url: 'https://Example.org/hook?x=1', secret, filter, state: 'paused', position: 7 });
    expect(change).toMatchObject({ secret, filter, state: 'paused', position: 7 });
    expect(columnsOf(change)).toEqual({ url: 'https://example.org/hook?x=1', filter: JSON.stringify(filter), state: 'paused', position: 7 });
  });

  it('given nothing, then nothing is changed', () => {
    expect(columnsOf(parseWebhook({}))).toEqual({});
    expect(parseWebhook({ secret: null })).toEqual({ secret: null });
  });

  it.each<[unknown, RegExp]>([
    [null, /The body is no JSON object; its members may be url, secret, filter, state, position\./], [[], /no JSON object/], ['x', /no JSON object/], [{ uri: 'x' }, /Member 'uri' is not known; allowed are url/], [{ constructor: 1 }, /'constructor' is not known/],
    [{ url: 1 }, /'url'.*https/], [{ url: 'ftp://x/' }, /'url'/], [{ url: 'https://user:pass@x/' }, /'url'.*without name and password/], [{ url: 'https://x/#a' }, /'url'/], [{ url: '/relative' }, /'url'/], [{ url: 'javascript:alert(1)' }, /'url'/], [{ url: `https://x/${'a'.repeat(2_000)}` }, /'url'/],
    [{ secret: 'short' }, /'secret'.*whsec_/], [{ secret: 7 }, /'secret'/], [{ state: 'disabled' }, /'state'.*active, paused/], [{ position: -1 }, /'position'/], [{ position: 1.5 }, /'position'/], [{ position: '1' }, /'position'/],
    [{ filter: [] }, /Member 'filter' is no JSON object; its members may be partitions, modalities, sopClasses, actions\./], [{ filter: { modality: ['CT'] } }, /Member 'filter\.modality' is not known/], [{ filter: { modalities: 'CT' } }, /'filter\.modalities'/],
    [{ filter: { modalities: [] } }, /1 to 200; without the member all are wanted/], [{ filter: { modalities: ['ct'] } }, /code strings such as CT/], [{ filter: { sopClasses: ['x'] } }, /UIDs/], [{ filter: { actions: ['store'] } }, /create, update, delete/], [{ filter: { partitions: ['a/b'] } }, /names of partitions/],
  ])('given %j, then it is refused by its name, and its value is not repeated', (body, text) => {
    expect(() => parseWebhook(body)).toThrow(text);
  });
});
