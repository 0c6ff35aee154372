import { describe, expect, it } from '@jest/globals';
import { isSecret, makeSecret, signDelivery } from './sign-delivery.js';

describe('signDelivery', () => {
  it('given the example of the Standard Webhooks specification, then its signature', () => {
    const headers = signDelivery('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', new Date(1_614_265_330_999));
    expect(headers).toEqual({ 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' });
  });
});

describe('secrets', () => {
  it('given one that is made, then it is one, and no two are the same', () => {
    const [one, other] = [makeSecret(), makeSecret()];
    expect([isSecret(one), isSecret(other), one === other]).toEqual([true, true, false]);
  });

  it.each(['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`, `whsec_${'!'.repeat(40)}`, `whsec ${Buffer.alloc(32).toString('base64')}`])('given %j, then it is none', (text) => {
    expect(isSecret(text)).toBe(false);
  });
});
