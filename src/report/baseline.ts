import type { Finding } from '../domain/finding.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { printableJson } from './printable.ts';

export type Terms = Readonly<{ owner: string; because: string; days: number }>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The open findings of a report as waivers for `selfsame.yaml`: each of one rule at one place on one digest, owned, and dated from the recording; without the key where the plan has waivers already. */
export function* baselineOf(report: Report, terms: Terms): Iterable<string> {
  const open = report.findings.filter(({ waived, under, from }) => !waived && !under && !from);
  const until = new Date(Date.parse(report.effectiveAt) + terms.days * DAY_MS).toISOString().slice(0, 10);
  yield headOf(open.length, report.waivers.length);
  const digests = new Map(report.rows.map(({ where, artifact, digest }) => [`${where} ${artifact}`, digest]));
  for (const finding of open) yield* waiversOf(finding, digests, { ...terms, until });
  const unresolved = report.rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived).length;
  // What is not known is no finding: to accept it unseen would hide what it turns out to be.
  if (unresolved > 0) yield `# Not waived: ${countOf(unresolved, 'unresolved row')}. Each says what its next step is.\n`;
  const later = report.findings.filter(({ waived, under, from }) => from && !waived && !under).length;
  if (later > 0) yield `# Not waived: ${countOf(later, 'finding')} of rules that apply from a later day.\n`;
  if (report.gaps.length > 0) yield `# Not waived: ${countOf(report.gaps.length, 'gap')} in what was read.\n`;
}

/** What it may be appended to as it is: a second key `waivers` would spoil the file. */
function headOf(open: number, configured: number): string {
  if (open === 0) return '# Nothing is open: there is nothing to waive.\n';
  return configured === 0
    ? 'waivers:\n'
    : '# To be appended to a file that ends with its waivers; a file of its own begins with `waivers:`.\n';
}

function* waiversOf(
  { rule, where, artifact }: Finding,
  digests: ReadonlyMap<string, string>,
  terms: Terms & { until: string },
): Iterable<string> {
  for (const place of where) {
    const digest = digests.get(`${place} ${artifact}`);
    const { owner, because, until } = terms;
    yield itemOf({ rule, where: place, ...(digest ? { digest } : {}), owner, because, until });
  }
}

/** One item of a list in YAML: a JSON string is a quoted scalar there too. */
function itemOf(members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, value]) => `${name}: ${printableJson(JSON.stringify(value))}`);
  return `  - ${lines.join('\n    ')}\n`;
}
