import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, type Browser, type HTTPRequest, type Page } from 'puppeteer-core';

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** WebGL in software; no sandbox, because tests run as root in containers. */
const flags = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--window-size=1400,900'];

export interface ViewerCheck {
  readonly origin: string;
  /** Where requests to the archive begin. */
  readonly archive: string;
  /** Patient ids that the study list has to show. */
  readonly patientIds: readonly string[];
  readonly studyInstanceUid: string;
  readonly reports: string;
}

export interface ViewerResult {
  /** Requests to the archive that were answered. */
  readonly requests: number;
  /** What the archive refused, or the browser on its behalf. */
  readonly refused: readonly string[];
  /** Share of the viewport that is not black, 0 to 1. */
  readonly lit: number;
}

/** Opens the study list, then the study, and waits for an image. */
export const driveViewer = async (check: ViewerCheck): Promise<ViewerResult> => {
  await mkdir(check.reports, { recursive: true });
  const browser = await launch({ executablePath: chromium, headless: true, args: flags, defaultViewport: { width: 1400, height: 900 } });
  try {
    return await look(browser, check);
  } finally {
    await browser.close();
  }
};

const look = async (browser: Browser, check: ViewerCheck): Promise<ViewerResult> => {
  const page = await browser.newPage();
  const watched = watchArchive(page, check.archive);
  try {
    await page.goto(`${check.origin}/?limit=101`);
    for (const patientId of check.patientIds) {
      await page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(patientId)})`, { timeout: 60_000 });
    }
    await page.screenshot({ path: join(check.reports, 'viewer-study-list.png') });
    await page.goto(`${check.origin}/viewer?StudyInstanceUIDs=${check.studyInstanceUid}`);
    // A value that counts as false is asked for again.
    const shown = await page.waitForFunction(`((share) => share > 0.2 && share)((${litShare.toString()})())`, { timeout: 90_000, polling: 250 });
    const lit = Number(await shown.jsonValue());
    await page.screenshot({ path: join(check.reports, 'viewer-study.png') });
    return { ...watched(), lit };
  } catch (error) {
    await page.screenshot({ path: join(check.reports, 'viewer-failed.png') });
    const { requests, refused } = watched();
    throw new Error(`The viewer did not show the study after ${requests} answers of the archive. Refused:\n${refused.join('\n') || 'nothing'}`, { cause: error });
  }
};

/** Counts answers and keeps refusals: statuses from 400 on, and what CORS or the embedder policy kept from the page. */
const watchArchive = (page: Page, archive: string) => {
  const refused: string[] = [];
  let requests = 0;
  const told = (request: HTTPRequest, why: string): void => void refused.push(`${why}: ${request.method()} ${request.url()}`);
  page.on('response', (response) => {
    if (!response.url().startsWith(archive)) return;
    requests += 1;
    if (response.status() >= 400) told(response.request(), `status ${response.status()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed';
    // A page that is left gives up its requests.
    if (request.url().startsWith(archive) && why !== 'net::ERR_ABORTED') told(request, why);
  });
  return () => ({ requests, refused });
};

/** Runs in the page. The image is drawn on a canvas of its own; lines and texts are not on it. */
function litShare(): number {
  interface Drawing { readonly width: number; readonly height: number; getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } } | null }
  const page = globalThis as unknown as { document: { querySelectorAll(selector: string): Iterable<Drawing> } };
  let best = 0;
  for (const canvas of page.document.querySelectorAll('canvas.cornerstone-canvas')) {
    const pixels = canvas.width > 0 && canvas.height > 0 ? canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data : undefined;
    if (!pixels) continue;
    let lit = 0;
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 40) lit += 1;
    best = Math.max(best, lit / (pixels.length / 4));
  }
  return best;
}
