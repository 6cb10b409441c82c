import { type Finding, Severity } from '../domain/finding.ts';
import type { BuildRecord } from '../domain/observation.ts';
import { byKey, groupBy } from '../domain/order.ts';
import { projectOf } from '../domain/project.ts';
import { Confidence } from '../domain/trust.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import { mayStandUnder } from './may-stand-under.ts';

/** More would bury the likeliest. */
const MOST_CAUSES = 3;
const TIES = ['provenance', 'record', 'repository'] as const;

type Cause = NonNullable<Finding['likely']>[number];

/** Findings about what runs, each with the findings about files that likely caused it; and those about files, told under the first of them. */
export function withCauses(
  found: Readonly<{ findings: readonly Finding[]; rowsOf: ReadonlyMap<string, readonly Row[]> }>,
  inFiles: readonly Finding[],
  ledger: Ledger,
): readonly Finding[] {
  const under = new Map<string, Finding>();
  const byRepository = groupBy(inFiles, ({ at }) => at?.repository ?? '');
  const told = found.findings.map((finding) => {
    if (finding.under || finding.waived || finding.from) return finding;
    const likely = causesOf(found.rowsOf.get(finding.fingerprint) ?? [], byRepository, ledger);
    for (const cause of likely) if (!under.has(cause.finding)) under.set(cause.finding, finding);
    return likely.length > 0 ? { ...finding, likely } : finding;
  });
  return [...told, ...inFiles.map((finding) => ({ ...finding, ...isUnder(finding, under.get(finding.fingerprint)) }))];
}

/** What is found in a file and counts is never hidden under another finding. */
function isUnder(finding: Finding, over: Finding | undefined): Pick<Finding, 'under'> {
  const isSlight = finding.severity === 'low' || finding.severity === 'info';
  return over !== undefined && isSlight && mayStandUnder(finding, over) ? { under: over.fingerprint } : {};
}

/** Of rows that nothing acquits: the builds that made what they run, and what their repositories are told to do. */
function causesOf(rows: readonly Row[], byRepository: ReadonlyMap<string, readonly Finding[]>, ledger: Ledger): Cause[] {
  const builds = rows
    .map((row) => ledger.standing(row))
    .filter(({ is }) => is === 'rebuilt' || is === 'untested' || is === 'foreign')
    .flatMap(({ shipped, rehearsed }) => [shipped, rehearsed].filter((build) => build !== undefined));
  const near = [...new Set(builds.flatMap((build) => repositoryOf(build) ?? []))].flatMap(
    (repository) => byRepository.get(repository) ?? [],
  );
  const causes = near.flatMap((finding) => {
    const ties = builds.flatMap((build) => tieTo(finding, build) ?? []);
    const by = TIES.find((tie) => ties.includes(tie));
    return by === undefined ? [] : [{ finding, by }];
  });
  return causes
    .toSorted(byKey(orderOf))
    .slice(0, MOST_CAUSES)
    .map(({ finding, by }) => ({ finding: finding.fingerprint, by }));
}

function repositoryOf({ source, run }: BuildRecord): string | undefined {
  const repository = source?.repository ?? run?.repository;
  return repository === undefined ? undefined : projectOf(repository);
}

function orderOf({ finding, by }: Readonly<{ finding: Finding; by: Cause['by'] }>): string {
  return `${TIES.indexOf(by)} ${Confidence.options.indexOf(finding.confidence)} ${Severity.options.indexOf(finding.severity)} ${finding.rule} ${finding.fingerprint}`;
}

/**
 * A build names the workflow that made it: signed, that is proven; else it is as its record says. Where it names none, or the file was read
 * at another commit than it was built from, its repository is all they share.
 */
function tieTo({ at }: Finding, build: BuildRecord): Cause['by'] | undefined {
  if (!at || repositoryOf(build) !== at.repository) return undefined;
  const { source, run, trust } = build;
  const workflow = run?.workflow?.split('@')[0] ?? '';
  const isAsBuilt = at.commit === undefined || source?.commit === undefined || at.commit === source.commit;
  const isNamed = isAsBuilt && workflow !== '' && (workflow.endsWith(at.path) || at.path.endsWith(`/${workflow}`));
  if (!isNamed) return 'repository';
  return trust === 'verified' ? 'provenance' : 'record';
}
