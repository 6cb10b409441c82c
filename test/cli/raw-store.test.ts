import { describe, expect, it } from 'vitest';
import { openRawStore } from '../../src/cli/raw-store.ts';
import { sha256 } from '../../src/domain/identify.ts';

const nothingToStrike = (text: string) => text;

describe('raw bytes', () => {
  it('are kept once, under their digest, whatever becomes of the buffer they came in', () => {
    const { keep, kept } = openRawStore(nothingToStrike);
    const buffer = Buffer.from('a statement');

    const [first, again] = [keep(buffer), keep(buffer)];
    buffer.fill(0);

    expect(first).toBe(`sha256:${sha256('a statement')}`);
    expect(again).toBe(first);
    expect([...kept().values()].map((bytes) => Buffer.from(bytes).toString())).toEqual(['a statement']);
  });

  it('are not kept where they hold what is struck out elsewhere', () => {
    const { keep, kept } = openRawStore((text) => text.replaceAll('darjeeling', '[concealed]'));

    expect(keep(Buffer.from('{"password":"darjeeling"}'))).toBeUndefined();
    expect(kept().size).toBe(0);
  });

  it('are not kept beyond 64 MiB, and what is small still is', () => {
    const { keep } = openRawStore(nothingToStrike);

    const answers = [keep(Buffer.alloc(40 << 20, 'a')), keep(Buffer.alloc(40 << 20, 'b')), keep(Buffer.from('small'))];

    expect(answers.map((answer) => answer !== undefined)).toEqual([true, false, true]);
  });
});
