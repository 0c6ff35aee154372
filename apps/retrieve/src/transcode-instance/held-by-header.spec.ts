import { describe, expect, it } from '@jest/globals';
import type { InstanceRow } from '@isocenter/metadata-store';
import { heldByHeader } from './held-by-header.js';

const MB = 1024 * 1024;
const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const value = (length: number): { path: string; offset: number; length: number; vr: string } => ({ path: '7FE00010', offset: 0, length, vr: 'OW' });

describe('heldByHeader', () => {
  it.each([
    ['an image, whose pixels are not held', EXPLICIT, 500 * MB, [value(499 * MB)], 20_000, 0],
    ['a long header', EXPLICIT, 6 * MB, [value(MB)], 8 * MB, 20 * MB],
    ['many values that are kept', EXPLICIT, 4 * MB, Array.from({ length: 64 }, () => value(60_000)), 10_000, 16 * MB],
    ['more than is ever held', EXPLICIT, 500 * MB, [], 500 * MB, 100 * MB],
    ['a small deflated file', DEFLATED, 10_000, [], 50_000, 0],
    ['a deflated file that is large when it is inflated', DEFLATED, 10_000, [], 2 * MB, 24 * MB],
  ])('given %s', (_what, transferSyntax, size, bulk, jsonBytes, held) => {
    expect(heldByHeader({ row: { transferSyntax, size } as InstanceRow, bulk, jsonBytes })).toBe(held);
  });
});
