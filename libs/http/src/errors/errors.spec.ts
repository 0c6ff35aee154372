import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { HttpException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answerClientError } from './answer-client-error.js';
import { describeAnswer } from './answer-error.js';
import * as errors from './http-errors.js';
import { IsocenterError } from './isocenter-error.js';
import { wrapError } from './wrap-error.js';

const { BadRequest, FailedDependency, InternalError, MethodNotAllowed, NotFound, RangeNotSatisfiable, ServiceUnavailable, Unauthorized } = errors;

describe('IsocenterError', () => {
  it('given a class, then name and code are derived from it', () => {
    const error = new NotFound('There is no study 1.2.');
    expect([error.name, error.code, error.status, error.text, error.message, error.retriable]).toEqual(['NotFound', 'NOT_FOUND', 404, 'There is no study 1.2.', 'There is no study 1.2.', false]);
  });

  it('given all classes, then each extends the root', () => {
    for (const errorClass of Object.values(errors)) expect(errorClass.prototype).toBeInstanceOf(IsocenterError);
  });
});

describe('describeAnswer', () => {
  it.each([
    [new Unauthorized('x'), { 'www-authenticate': 'Bearer' }],
    [new MethodNotAllowed(['GET', 'HEAD']), { allow: 'GET, HEAD' }],
    [new RangeNotSatisfiable(10), { 'content-range': 'bytes */10' }],
    [new ServiceUnavailable('x', 3), { 'retry-after': '3' }],
    [new FailedDependency('x'), { 'retry-after': '5' }],
  ])('given %s, then it has the header that its status demands', (error, headers) => {
    expect(describeAnswer(error).headers).toMatchObject(headers);
  });
});

describe('wrapError', () => {
  it('given an own error, then it stays', () => {
    const error = new BadRequest('x');
    expect(wrapError(error, 'r')).toBe(error);
  });

  it.each([
    [new HttpException('Cannot GET /Doe', 404), 404],
    [Object.assign(new Error('Doe'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 413],
    [Object.assign(new Error('Doe'), { code: 'OTHER', statusCode: 404 }), 500],
    [new TypeError('Doe'), 500],
    ['Doe', 500],
    [undefined, 500],
  ])('given the foreign %s, then the status is %i and its text is not repeated', (error, status) => {
    const wrapped = wrapError(error, 'r1');
    expect([wrapped.status, wrapped.cause]).toEqual([status, error]);
    expect(wrapped.text).not.toContain('Doe');
    if (status === 500) expect(wrapped).toBeInstanceOf(InternalError);
  });
});

describe('answerClientError', () => {
  const server = createServer({ maxHeaderSize: 1024 }).on('clientError', answerClientError);
  beforeAll(async () => void (await once(server.listen(0, '127.0.0.1'), 'listening')));
  afterAll(() => void server.close());

  it.each([
    ['HELLO\r\n\r\n', 400, 'The bytes received are no HTTP/1.1 request.'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(2000)}\r\n\r\n`, 431, 'larger than this server reads'],
  ])('given %j, then it is answered %i as every error is', async (bytes, status, text) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(bytes);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n`));
    expect(answer).toContain('content-type: text/plain; charset=utf-8\r\n');
    expect(answer).toContain(text);
  });
});
