import { describe, expect, it } from 'vitest';
import { openStatusLine } from '../../src/cli/status-line.ts';

/** Everything that was written to a terminal of so many columns. */
function terminal(columns: number) {
  const written: string[] = [];
  return { isTTY: true, columns, write: (text: string) => written.push(text), written };
}

describe('the line of progress', () => {
  it('is written over itself, and goes when all is done', () => {
    const { written, ...screen } = terminal(80);

    const status = openStatusLine(screen);
    status.show('oci: payments, 1 of 7');
    status.clear();

    expect(written).toEqual(['\r\u001b[Koci: payments, 1 of 7', '\r\u001b[K']);
  });

  it.each([
    ['an escape', 'payments\u001b[2J', 'payments\\u{1b}[2J'],
    ['a C1 control', 'payments\u009b31m', 'payments\\u{9b}31m'],
    ['text that is turned around', 'payments\u202egnp', 'payments\\u{202e}gnp'],
    ['nothing that can be seen', 'pay\u200bments', 'pay\\u{200b}ments'],
    ['a return to its beginning', 'payments\rfine', 'payments\\u{d}fine'],
  ])('shows %s of a name, and does not obey it (O01)', (_, name, shown) => {
    const { written, ...screen } = terminal(80);

    openStatusLine(screen).show(name);

    expect(written).toEqual([`\r\u001b[K${shown}`]);
  });

  it('is no wider than the terminal, escapes included', () => {
    const { written, ...screen } = terminal(12);

    openStatusLine(screen).show('\u202e\u202e\u202epayments');

    expect(written[0]?.replace('\r\u001b[K', '')).toHaveLength(11);
  });

  it('is none where nobody looks: a file or a pipe gets no line', () => {
    const { written, ...pipe } = terminal(80);

    const status = openStatusLine({ ...pipe, isTTY: false });
    status.show('oci: payments');
    status.clear();

    expect(written).toEqual([]);
  });
});
