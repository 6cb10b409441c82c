import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from './browser.ts';

/** How a reader looks at the page. */
export type Look = Readonly<{ width?: number; height?: number; scheme?: 'light' | 'dark'; media?: 'screen' | 'print'; scripts?: boolean }>;

/** A file that a browser shows, and what a reader can do with it. */
export type Visit = Readonly<{
  page: Page;
  /** The value of an expression in the page: the policy of the page does not concern it. */
  ask<T>(expression: string): Promise<T>;
  press(key: 'Tab' | 'Enter'): Promise<void>;
  /** How long the thread that parses, lays out and answers has worked so far; what it waited does not count. */
  workedMs(): Promise<number>;
  /** Writes what of the page is in view, as PNG. */
  photograph(file: string): Promise<void>;
}>;

const KEYS = { Tab: { code: 9, text: '' }, Enter: { code: 13, text: '\r' } } as const;
const PHONE_WIDTH = 500;

/** Opens a file in a page of its own and waits until all of it is there. */
export async function visit(browser: Browser, file: string, look: Look = {}): Promise<Visit> {
  const page = await browser.openPage();
  const { width = 1280, height = 900, scheme = 'light', media = 'screen', scripts = true } = look;
  await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < PHONE_WIDTH });
  await page.send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await page.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });
  const loaded = page.next('Page.loadEventFired');
  await page.send('Page.navigate', { url: pathToFileURL(file).href });
  await loaded;
  const ask = <T>(expression: string) => askPage<T>(page, expression);
  return {
    page,
    ask,
    press: (key) => press(page, key),
    workedMs: () => workedMs(page),
    photograph: (to) => photograph(page, to, { width, height }),
  };
}

async function askPage<T>(page: Page, expression: string): Promise<T> {
  const { result, exceptionDetails } = await page.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  // What the expression gives is what its test says it gives.
  return (result as { value: T }).value;
}

async function press(page: Page, key: keyof typeof KEYS): Promise<void> {
  const { code, text } = KEYS[key];
  const event = { key, code: key, windowsVirtualKeyCode: code };
  await page.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event, ...(text ? { text } : {}) });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

async function workedMs(page: Page): Promise<number> {
  const { metrics } = await page.send('Performance.getMetrics');
  // So the protocol has it: names with their values, seconds.
  const { value = Number.NaN } = (metrics as { name: string; value: number }[]).find(({ name }) => name === 'TaskDuration') ?? {};
  return value * 1000;
}

async function photograph(page: Page, file: string, { width, height }: Readonly<{ width: number; height: number }>): Promise<void> {
  const whole = await askPage<number>(page, 'document.body.offsetHeight');
  const clip = { x: 0, y: 0, width, height: Math.min(whole, height), scale: 1 };
  const { data } = await page.send('Page.captureScreenshot', { clip });
  writeFileSync(file, Buffer.from(String(data), 'base64'));
}
