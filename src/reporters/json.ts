import { defineReporter, printableJson } from 'selfsame';

export default defineReporter({
  id: 'json',
  title: 'The whole report for machines, selfsame/report/v1',
  mediaType: 'application/json',
  *render(report) {
    yield '{';
    for (const [at, [name, value]] of Object.entries(report).entries()) {
      yield `${at === 0 ? '' : ','}\n${JSON.stringify(name)}: `;
      yield* Array.isArray(value) ? lines('[', itemsOf(value), ']') : isRecord(value) ? lines('{', entriesOf(value), '}') : [print(value)];
    }
    yield '\n}\n';
  },
});

/** One row, finding or fact a line, so that a report of any size is written piece by piece and read with line tools. */
function* lines(open: string, items: Iterable<string>, close: string): Iterable<string> {
  yield open;
  let count = 0;
  for (const item of items) yield `${count++ === 0 ? '' : ','}\n  ${item}`;
  yield count > 0 ? `\n${close}` : close;
}

function* itemsOf(values: readonly unknown[]): Iterable<string> {
  for (const value of values) yield print(value);
}

function* entriesOf(value: Readonly<Record<string, unknown>>): Iterable<string> {
  for (const [name, member] of Object.entries(value)) yield `${print(name)}: ${print(member)}`;
}

function print(value: unknown): string {
  return printableJson(JSON.stringify(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
