import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { idsIn } from '../../src/registry.ts';

describe('the law', () => {
  it('has a page and a test for every rule', async () => {
    const ids = await idsIn('rules');

    const [rules, tests] = [readdirSync(new URL('../../rules', import.meta.url)), readdirSync(new URL('.', import.meta.url))];

    expect(ids.filter((id) => !rules.includes(`${id}.md`))).toEqual([]);
    expect(ids.filter((id) => !tests.includes(`${id}.test.ts`))).toEqual([]);
  });
});
