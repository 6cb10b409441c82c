import type { FileLine, Finding } from '../domain/finding.ts';
import type { Report } from '../domain/report.ts';

const TIED_BY: Readonly<Record<NonNullable<Finding['likely']>[number]['by'], string>> = {
  provenance: 'its signed provenance names this workflow',
  record: 'the record of its build names this workflow',
  repository: 'of the repository that it was built from',
};
const COMMIT_LENGTH = 12;

/** `path:line`, as editors and terminals open it, with the repository and commit where they are known. */
export function formatFileLine({ repository, commit, path, line }: FileLine): string {
  // What a checkout is called that does not say whose it is.
  const known = [repository === '.' ? '' : repository, commit?.slice(0, COMMIT_LENGTH)].filter(Boolean).join(' at ');
  return `${path}:${line}${known ? ` (${known})` : ''}`;
}

/** Where a finding is: the keys of what runs, or the line of a file. */
export function placesOf({ where, at }: Finding): readonly string[] {
  return at ? [formatFileLine(at)] : where;
}

/** What likely caused a finding, a sentence each, with what ties it to what runs. */
export function tellLikely({ likely = [] }: Finding, { findings }: Report): readonly string[] {
  return likely.flatMap(({ finding, by }) => {
    const cause = findings.find(({ fingerprint }) => fingerprint === finding);
    return cause?.at ? [`${cause.rule}: ${cause.text} (${formatFileLine(cause.at)}; ${TIED_BY[by]})`] : [];
  });
}
