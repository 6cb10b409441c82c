import type { Report } from '../domain/report.ts';

/** How the reader looks at it: columns, and whether colour may be used. */
export type Look = Readonly<{ width: number; color: boolean }>;

export type Reporter = Readonly<{
  id: string;
  title: string;
  mediaType: string;
  /** The report as text, in pieces; the same report and look give the same bytes. */
  render(report: Report, look: Look): Iterable<string>;
}>;

/** Returns its argument, checked. */
export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
