import { readFileSync, writeFileSync } from 'node:fs';
import { renderPage } from 'selfsame/testing';
import { expect, it } from 'vitest';

/** Holds a rule's page to its cases; UPDATE_DOCS=1 writes it. */
export function pageIsCurrent(told: Parameters<typeof renderPage>[1]): void {
  const { id } = told.rule;
  it(`the page of ${id} is current`, () => {
    const file = new URL(`../../rules/${id}.md`, import.meta.url);
    const page = readFileSync(file, 'utf8');
    const rendered = renderPage(page, told);

    if (process.env.UPDATE_DOCS) writeFileSync(file, rendered);

    expect(process.env.UPDATE_DOCS ? rendered : page).toBe(rendered);
  });
}
