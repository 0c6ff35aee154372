import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, type Page } from 'puppeteer-core';
import type { ImageType } from './image-types.js';
import { seePicture, type Seen } from './see-picture.js';

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** WebGL in software; no sandbox, because tests run as root in containers. */
const flags = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];

const PATIENCE_MS = 60_000;

export interface ViewerCheck {
  readonly baseUrl: string;
  readonly studies: readonly (ImageType & { readonly studyInstanceUid: string; readonly patientName: string })[];
  /** Folder for screenshots. */
  readonly reports: string;
}

/** Of the list and of each image type what is wrong; empty when it is shown. */
export type ViewerResult = ReadonlyMap<string, readonly string[]>;

/** Opens the list of studies, then each study. */
export const driveViewer = async ({ baseUrl, studies, reports }: ViewerCheck): Promise<ViewerResult> => {
  await mkdir(reports, { recursive: true });
  const browser = await launch({ executablePath: chromium, headless: true, args: flags, defaultViewport: { width: 1000, height: 700 } });
  try {
    const page = await browser.newPage();
    // What is explained to those who come for the first time lies over the image.
    await page.evaluateOnNewDocument(`localStorage.setItem('shownTours', '["basicViewerTour"]')`);
    const findings = watch(page, baseUrl);
    const results = new Map<string, readonly string[]>();
    const look = async (name: string, work: () => Promise<void>): Promise<void> => {
      const failed = await work().then(() => [], (error: unknown) => [String(error)]);
      await page.screenshot({ path: join(reports, `viewer-${name}.png`) });
      results.set(name, [...failed, ...findings()]);
    };
    await look('list', async () => {
      await page.goto(`${baseUrl}/viewer`);
      await showsList(page, studies);
    });
    for (const [at, study] of studies.entries()) {
      await look(study.name, async () => {
        // The link loads the viewer; from then on it is the way that the viewer goes itself, from its list to a study and back.
        if (at === 0) await page.goto(`${baseUrl}/viewer?StudyInstanceUIDs=${study.studyInstanceUid}`);
        else await go(page, `/viewer/viewer?StudyInstanceUIDs=${study.studyInstanceUid}`);
        await showsPicture(page, study);
      });
      await go(page, '/viewer/');
      await showsList(page, studies).catch(() => undefined);
    }
    return results;
  } finally {
    await browser.close();
  }
};

const go = (page: Page, path: string): Promise<unknown> => page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'));`);

const showsList = async (page: Page, studies: ViewerCheck['studies']): Promise<void> => {
  const names = studies.map(({ patientName }) => patientName.replace('^', ', '));
  await page.waitForFunction(`${JSON.stringify(names)}.every((name) => document.body.innerText.includes(name))`, { timeout: PATIENCE_MS, polling: 100 });
};

const showsPicture = async (page: Page, { isShown }: ImageType): Promise<void> => {
  let seen: Seen | undefined;
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
    seen = await seePicture(page);
    if (isShown(seen)) return;
    await page.evaluate('new Promise((next) => requestAnimationFrame(next))');
  }
  throw new Error(`Another picture than expected: ${JSON.stringify(seen)}`);
};

/** Refusals, errors, and requests to elsewhere since it was asked last. */
const watch = (page: Page, baseUrl: string) => {
  let found: string[] = [];
  page.on('request', (request) => /^https?:/.test(request.url()) && !request.url().startsWith(`${baseUrl}/`) && found.push(`It asks ${request.url()}.`));
  page.on('response', (response) => response.status() >= 400 && found.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed';
    // A page that is left gives up its requests.
    if (why !== 'net::ERR_ABORTED') found.push(`${why}: ${request.method()} ${request.url()}`);
  });
  // What the policy of the page forbids is told here too.
  page.on('console', (message) => message.type() === 'error' && found.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => found.push(String(error)));
  return (): readonly string[] => {
    const told = found;
    found = [];
    return told;
  };
};
