import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { writePages } from './pages.ts';
import { visit } from './visit.ts';

const { BROWSER_TOOLS } = process.env;
if (!BROWSER_TOOLS) throw new TypeError('BROWSER_TOOLS names no folder: run `test/browser/tools.sh FOLDER`, then set BROWSER_TOOLS=FOLDER');
const AXE = readFileSync(path.join(BROWSER_TOOLS, 'axe.min.js'), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-pages-'));
const browser = openBrowser(path.join(BROWSER_TOOLS, 'chromium'));
const told: string[] = [`pages and their pictures: ${folder}`];

afterEach(() => browser.closePages());

afterAll(async () => {
  await browser.close();
  process.stdout.write(`${told.join('\n')}\n`);
});

const PAGES = await writePages(folder);
const SMALL = ['clean', 'drift', 'inconclusive', 'hostile', 'waived', 'files', 'regions'] as const;
/** High enough to hold any of them: what is not in view is not painted. */
const HIGH = 14_000;
const PHONE = 390;
const DESK = 1280;

const LOOKS = SMALL.flatMap((name) =>
  ([PHONE, DESK] as const).flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ name, width, scheme }))),
);

const UNFOLD = "for (const group of document.querySelectorAll('details')) group.open = true";
const PAINTED = 'new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => tell(true))))';
const AXE_FINDS = `axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then(({ violations }) => violations.map(({ id, impact, nodes }) => [impact, id, nodes.length, nodes[0].html.slice(0, 200)].join(' ')))`;
const ELEMENTS = "[...new Set([...document.querySelectorAll('body *')].map(({ localName }) => localName))].toSorted()";

/** What a report of ours is made of. */
const OURS =
  'a article br caption code dd details div dl dt footer h1 h2 h3 h4 header li main nav ol p rect section span strong summary svg table tbody td th thead time tr ul'.split(
    ' ',
  );

describe('the page in a browser', () => {
  it.each(LOOKS)('is one that axe finds nothing wrong with, and no wider than its window: $name, $width, $scheme', async ({
    name,
    width,
    scheme,
  }) => {
    const { ask, photograph } = await visit(browser, PAGES[name], { width, height: HIGH, scheme });
    await photograph(path.join(folder, `${name}-${width}-${scheme}.png`));

    await ask(UNFOLD);
    await ask(PAINTED);
    await ask(AXE);

    expect(await ask(AXE_FINDS)).toEqual([]);
    expect(await ask('document.documentElement.scrollWidth')).toBe(width);
  });

  it.each(SMALL)('asks for nothing but itself, opens no dialog and is made of what we make: %s', async (name) => {
    const { page, ask } = await visit(browser, PAGES[name]);

    await ask(UNFOLD);
    await ask(PAINTED);

    const asked = page.heard('Network.requestWillBeSent').map(({ request }) => (request as { url: string }).url);
    expect(asked).toEqual([pathToFileURL(PAGES[name]).href]);
    expect(page.heard('Page.javascriptDialogOpening')).toEqual([]);
    expect(page.heard('Log.entryAdded')).toEqual([]);
    expect((await ask<string[]>(ELEMENTS)).filter((element) => !OURS.includes(element))).toEqual([]);
    expect(await ask("document.querySelectorAll('[style],[onerror],[onload],[src]').length")).toBe(0);
  });

  it('refuses a script, a style and an image that somebody else puts into it', async () => {
    const { page, ask } = await visit(browser, PAGES.drift);

    await ask(`const script = document.createElement('script'); script.textContent = 'globalThis.boarded = true'; document.body.append(script);
      const frame = document.createElement('div'); frame.innerHTML = '<p style="color:red" onclick="alert(1)">c0ffee</p><img src="http://127.0.0.1:9/x">'; document.body.append(frame);
      frame.firstChild.click()`);
    await ask(PAINTED);

    const refusals = page.heard('Log.entryAdded').map(({ entry }) => (entry as { text: string }).text);
    expect(await ask('globalThis.boarded')).toBeUndefined();
    for (const what of ['inline script', 'inline style', 'inline event handler', 'image']) expect(refusals.join('\n')).toContain(what);
  });

  it.each(SMALL)('shows all that it says without scripts: %s', async (name) => {
    const { ask, press } = await visit(browser, PAGES[name], { height: HIGH, scripts: false });
    const folded = await ask<number>("document.querySelectorAll('details:not([open])').length");

    for (let left = folded; left > 0; left--) {
      await ask("document.querySelector('details:not([open]) > summary').focus()");
      await press('Enter');
    }
    const unseen = await ask<string[]>(`(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const unseen = [];
      while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        if (texts.currentNode.data.trim() && range.getClientRects().length === 0) unseen.push(texts.currentNode.data);
      }
      return unseen;
    })()`);

    expect(unseen).toEqual([]);
  });

  it('is walked by the keyboard in the order in which it reads, and shows where one is', async () => {
    const { ask, press } = await visit(browser, PAGES.drift);
    const stops: string[] = [];
    const outlines: string[] = [];

    for (let stop = 0; stop < 16; stop++) {
      await press('Tab');
      stops.push(await ask('(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()'));
      outlines.push(await ask('getComputedStyle(document.activeElement).outlineStyle'));
    }

    expect(stops).toEqual([
      'Skip to the findings',
      'Standings',
      'Findings (2)',
      'Not known (2)',
      'Beside',
      'All containers (2)',
      'About this report',
      'default 1 rebuilt 1 foreign',
      'Standings in default',
      'rebuilt app 6fe385ac863e',
      'foreign app b7f49ddb7589',
      'production/test/default/Deployment/payments-api/app',
      'Facts (6)',
      'production/test/default/Deployment/payments-worker/app',
      'Facts (2)',
      'rebuilt 1',
    ]);
    expect(new Set(outlines)).toEqual(new Set(['solid']));
  });

  it('brings whoever skips to the findings, and opens the group that a link leads into', async () => {
    const { ask, press } = await visit(browser, PAGES.big);

    await press('Tab');
    await press('Enter');
    const first = await ask('document.activeElement.id');
    await ask("document.querySelector('#finding-1 ~ ul a').focus()");
    await press('Enter');
    await ask(PAINTED);
    const row = await ask("[document.querySelector(':target').localName, document.querySelector(':target').checkVisibility()]");

    expect(first).toBe('findings');
    expect(row).toEqual(['tr', true]);
  });

  it('keeps the name of a service in view where its environments are scrolled', async () => {
    const { ask } = await visit(browser, PAGES.regions, { width: PHONE });

    const [before, after, scrolled] = await ask<readonly number[]>(`(() => {
      const scroll = document.querySelector('.scroll');
      const name = scroll.querySelector('tbody th');
      const before = name.getBoundingClientRect().left;
      scroll.scrollLeft = 200;
      return [before, name.getBoundingClientRect().left, scroll.scrollLeft];
    })()`);

    expect(scrolled).toBe(200);
    expect(after).toBe(before);
  });

  it('prints what is folded, black on white, without what only a screen needs', async () => {
    const { ask, page, photograph } = await visit(browser, PAGES.drift, { media: 'print', scheme: 'dark', height: HIGH });
    await photograph(path.join(folder, 'drift-print.png'));

    const folded = await ask("document.querySelector('details:not([open]) dt').getClientRects().length");
    const paper = await ask('[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]');
    const shown = await ask("['nav', '.skip'].filter((only) => document.querySelector(only).checkVisibility())");
    const { data } = await page.send('Page.printToPDF', { preferCSSPageSize: true });
    writeFileSync(path.join(folder, 'drift.pdf'), Buffer.from(String(data), 'base64'));

    expect(folded).toBe(1);
    expect(paper).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    expect(shown).toEqual([]);
  });

  it('answers the first key within a second of being opened, with ten thousand containers', async () => {
    const waited: number[] = [];
    const worked: number[] = [];

    for (let time = 0; time < 3; time++) {
      const { ask, press, workedMs } = await visit(browser, PAGES.big);
      await ask("document.querySelector('summary').focus()");
      await press('Enter');
      await ask(PAINTED);
      waited.push((await ask<boolean>("document.querySelector('details').open")) ? await ask<number>('performance.now()') : Number.NaN);
      worked.push(await workedMs());
    }
    const megabytes = (statSync(PAGES.big).size / 1e6).toFixed(1);
    told.push(
      `ten thousand containers: ${waited.map(Math.round).join(', ')} ms to the first key, of which the page worked ${worked.map(Math.round).join(', ')} ms; ${megabytes} MB`,
    );

    // Where others keep the machine busy, the page may have to wait for its turn, and still may not work for longer than this.
    expect(waited).not.toContain(Number.NaN);
    expect([median(waited), median(worked)]).toSatisfy(
      ([waitedMs = Number.NaN, workedMs = Number.NaN]) => waitedMs <= 1000 || workedMs <= 600,
    );
  });
});

function median(three: readonly number[]): number {
  return three.toSorted((a, b) => a - b)[1] ?? Number.NaN;
}

describe('a page that is not ours', () => {
  it('is caught, so that ours can be', async () => {
    const file = path.join(folder, 'not-ours.html');
    writeFileSync(
      file,
      '<title>c0ffee</title><p style="color:#bbb">payments</p><img src="http://127.0.0.1:9/x"><script>document.write("<b>1</b>")</script>',
    );

    const { ask, page } = await visit(browser, file);
    await ask(AXE);

    expect((await ask<string[]>(AXE_FINDS)).map((found) => found.split(' ').slice(0, 2).join(' '))).toEqual(
      expect.arrayContaining(['serious html-has-lang', 'serious color-contrast', 'critical image-alt']),
    );
    expect(page.heard('Network.requestWillBeSent')).toHaveLength(2);
    expect(await ask(ELEMENTS)).toEqual(['b', 'img', 'p', 'script']);
  });
});
