import { DAY_MS } from '../domain/day.ts';
import type { Finding } from '../domain/finding.ts';
import { groupBy } from '../domain/order.ts';
import { isInFile } from '../domain/place.ts';
import type { Report } from '../domain/report.ts';
import { AuditError } from '../error.ts';
import { countOf } from './count-of.ts';
import { isToMend } from './is-to-mend.ts';
import { printableJson } from './printable.ts';

/** On what terms everything is waived; without an owner it is each team's that owns the place. */
export type Terms = Readonly<{ owner?: string | undefined; because: string; days: number }>;

/** The open findings of a report as waivers for `selfsame.yaml`: each of one rule at one place on one digest, owned, and dated from the recording; what has no digest is told and not waived; without the key where the plan has waivers already. */
export function* baselineOf(report: Report, terms: Terms): Iterable<string> {
  const found = placesOf(report);
  const waivable = found.filter(isBound);
  const until = new Date(Date.parse(report.effectiveAt) + terms.days * DAY_MS).toISOString().slice(0, 10);
  const owners = openOwners(report, waivable, terms.owner);
  if (waivable.length > 0 || found.length === 0) yield headOf(found.length, report.waivers.length);
  for (const { finding, place, digest } of waivable)
    yield itemOf({
      rule: finding.rule,
      where: place,
      ...(digest ? { digest } : {}),
      owner: owners(finding, place),
      because: terms.because,
      until,
    });
  const unbound = groupBy(
    found.filter((one) => !isBound(one)),
    ({ finding }) => finding.rule,
  );
  for (const [rule, [first, ...others]] of unbound) {
    const beside = others.length > 0 ? ` and ${countOf(others.length, 'more place')}` : '';
    yield `# Not waived: ${rule} at ${printableJson(JSON.stringify(first?.place))}${beside}: no digest is known there to bind a waiver to.\n`;
  }
  const unresolved = report.rows.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived).length;
  // What is not known is no finding: to accept it unseen would hide what it turns out to be.
  if (unresolved > 0) yield `# Not waived: ${countOf(unresolved, 'unresolved row')}. Each says what its next step is.\n`;
  const later = report.findings.filter((finding) => finding.from && isToMend(finding)).length;
  if (later > 0) yield `# Not waived: ${countOf(later, 'finding')} of rules that apply from a later day.\n`;
  if (report.gaps.length > 0) yield `# Not waived: ${countOf(report.gaps.length, 'gap')} in what was read.\n`;
}

/** An open finding in one of its places, with the digest that it is about there. */
type Found = Readonly<{ finding: Finding; place: string; digest: string | undefined }>;

function placesOf({ rows, findings }: Report): readonly Found[] {
  const digests = new Map(rows.map(({ where, artifact, digest }) => [`${where} ${artifact}`, digest]));
  return findings
    .filter(isAccepted)
    .flatMap((finding) => finding.where.map((place) => ({ finding, place, digest: digests.get(`${place} ${finding.artifact}`) })));
}

/** Without a digest a waiver would accept whatever is deployed there next (SEMANTICS 37); a file has none. */
function isBound({ place, digest }: Found): boolean {
  return Boolean(digest) || isInFile(place);
}

/** Who answers for a finding in one of its places. */
function openOwners({ rows }: Report, waivable: readonly Found[], named: string | undefined): (finding: Finding, place: string) => string {
  const owners = new Map(rows.map(({ where, artifact, owner }) => [`${where} ${artifact}`, owner]));
  const ownerOf = ({ artifact, at, owners: teams = [] }: Finding, place: string) =>
    named ?? (at ? teams[0] : owners.get(`${place} ${artifact}`));
  const nobodys = waivable.filter(({ finding, place }) => ownerOf(finding, place) === undefined);
  if (nobodys.length > 0)
    throw new AuditError('USAGE', `nobody owns ${countOf(nobodys.length, 'place')} of what was found, such as ${nobodys[0]?.place}`, {
      hint: 'Say with --owner TEXT who answers for all of it, or name under `teams` who owns it: a waiver without an owner is not applied.',
    });
  return (finding, place) => ownerOf(finding, place) ?? '';
}

/** Whether it is accepted now: what is told under another as well, which may stand alone once that is waived; what applies later was announced in order to be mended. */
function isAccepted({ waived, from }: Finding): boolean {
  return !waived && !from;
}

/** What it may be appended to as it is: a second key `waivers` would spoil the file. */
function headOf(open: number, configured: number): string {
  if (open === 0) return '# Nothing is open: there is nothing to waive.\n';
  return configured === 0
    ? 'waivers:\n'
    : '# To be appended to a file that ends with its waivers; a file of its own begins with `waivers:`.\n';
}

/** One item of a list in YAML: a JSON string is a quoted scalar there too. */
function itemOf(members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, value]) => `${name}: ${printableJson(JSON.stringify(value))}`);
  return `  - ${lines.join('\n    ')}\n`;
}
