import type { Page } from 'puppeteer-core';
import { readPng } from '../support/picture.js';

type Colour = readonly [red: number, green: number, blue: number];

/** What stands in the viewport. */
export interface Seen {
  /** Near the upper left and the lower right corner of an image that fills the height of its canvas. */
  readonly corners: readonly [Colour, Colour];
  /** Share of the page that is yellow, 0 to 1. */
  readonly yellow: number;
  /** First bytes of a document that is shown. */
  readonly document: string;
}

export const seePicture = async (page: Page): Promise<Seen> => ({
  ...((await page.evaluate(`(${readPage.toString()})()`)) as Omit<Seen, 'yellow'>),
  yellow: yellowShare(Buffer.from(await page.screenshot())),
});

const yellowShare = (png: Buffer): number => {
  const { pixels } = readPng(png);
  let found = 0;
  for (let at = 0; at < pixels.length; at += 3) if (pixels[at]! > 150 && pixels[at + 1]! > 150 && pixels[at + 2]! < 80) found += 1;
  return found / (pixels.length / 3);
};

/** Runs in the page. The image is drawn on a canvas of its own; lines and texts are not on it. */
async function readPage(): Promise<Omit<Seen, 'yellow'>> {
  interface Drawing { readonly width: number; readonly height: number; getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: ArrayLike<number> } } | null }
  const { document } = globalThis as unknown as { document: { querySelector(selector: string): unknown } };
  const canvas = document.querySelector('canvas.cornerstone-canvas') as Drawing | null;
  const away = canvas ? Math.round(0.4 * Math.min(canvas.width, canvas.height)) : 0;
  const at = (step: number): Colour => {
    const found = canvas && canvas.height > 0 ? canvas.getContext('2d')?.getImageData(canvas.width / 2 + step, canvas.height / 2 + step, 1, 1).data : undefined;
    return found ? [found[0]!, found[1]!, found[2]!] : [0, 0, 0];
  };
  const object = document.querySelector('object[type="application/pdf"]') as { data: string } | null;
  return { corners: [at(-away), at(away)], document: object?.data.startsWith('blob:') ? (await (await fetch(object.data)).text()).slice(0, 8) : '' };
}
