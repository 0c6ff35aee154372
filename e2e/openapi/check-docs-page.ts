import { launch } from 'puppeteer-core';

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** What is wrong with a page of `/docs` in a real browser: operations that it does not show, errors, requests to elsewhere. */
export const checkDocsPage = async (baseUrl: string, page: string, operations: number): Promise<string[]> => {
  const browser = await launch({ executablePath: chromium, headless: true, args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage();
    const wrong: string[] = [];
    // What the policy of the page forbids is told here too.
    tab.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    tab.on('pageerror', (error) => wrong.push(String(error)));
    tab.on('request', (request) => !request.url().startsWith(`${baseUrl}/`) && !request.url().startsWith('data:') && wrong.push(`It asks ${request.url()}.`));
    await tab.goto(`${baseUrl}${page}`);
    const shown = `document.querySelectorAll('.opblock').length`;
    await tab.waitForFunction(`${shown} === ${operations}`, { timeout: 30_000 })
      .catch(async () => wrong.push(`It shows ${String(await tab.evaluate(shown))} of ${operations} operations.`));
    return wrong;
  } finally {
    await browser.close();
  }
};
