import type { Finding, Severity } from '../domain/finding.ts';
import { groupBy } from '../domain/order.ts';
import type { ReportRow } from '../domain/report.ts';
import type { Gap } from '../domain/statement.ts';
import { countOf } from './count-of.ts';
import { isCounted } from './findings.ts';

/** What decides an exit code (SEMANTICS 38). */
export type Outcome = Readonly<{
  findings: readonly Finding[];
  rows: readonly ReportRow[];
  gaps: readonly Pick<Gap, 'of'>[];
  lastRank: readonly string[];
  /** Namespaces in no environment that run image lines of the path. */
  strays: number;
  /** What it was narrowed to and nothing is at. */
  unmatched: readonly string[];
  failOn: Severity;
  /** Only workflow files were to be read: nothing that runs was asked for. */
  isAlone: boolean;
  /** Somebody asked for the files by themselves. */
  isEnough: boolean;
  /** Where files stand alone: how many jobs and files some rule could not tell of, and how many of those are jobs for an environment. */
  unclear: Readonly<{ all: number; decisive: number }>;
  /** How many jobs and files were judged. */
  files: number;
  /** Rules that must tell and cannot, each with its next step. */
  untold: readonly string[];
  /** When the audit ended that findings were compared with. */
  against?: string | undefined;
}>;

const NOTHING_RUNS =
  'only workflow files were to be read, and nothing that runs: add a source of that, or ask for the files alone with `selfsame scan --source github-workflows`';

/** 0 complete and clean, 1 drift, 3 inconclusive; with every reason for it. 1 beats 3. */
export function exitCodeOf(outcome: Outcome): { exitCode: 0 | 1 | 3; because: string[] } {
  const { findings, rows, gaps, lastRank, strays, unmatched, failOn, against, untold } = outcome;
  const severe = findings.filter((finding) => isCounted(finding, failOn));
  const known = findings.filter(({ since, ...finding }) => since && isCounted(finding, failOn));
  const compared = against === undefined ? [] : [`compared with ${against}: ${countOf(known.length, 'finding')} known from then`];
  const sure = severe.filter(({ confidence }) => confidence !== 'low');
  // What nobody is sure of is as inconclusive as it was before.
  const unsure = [...severe, ...known].filter(({ confidence }) => confidence === 'low').length;
  const judged = rows.filter(({ last, standing }) => last && standing.is !== 'vendor');
  const unresolved = judged.filter(({ standing, waived }) => standing.is === 'unresolved' && !waived).length;
  const empty = lastRank.filter((environment) => !judged.some((row) => row.environment === environment));
  const doubts = [
    ...unmatched.map((place) => `nothing is at ${place}, which it was narrowed to`),
    ...empty.map(
      (environment) => `nothing of yours was judged in ${environment}: look at \`ours\`, \`thirdParty\` and the namespaces of its source`,
    ),
    ...(unresolved > 0 ? [`${countOf(unresolved, 'row')} unresolved`] : []),
    ...(gaps.length > 0 ? [`${countOf(gaps.length, 'gap')} in what was read`] : []),
    ...(strays > 0 ? [`${countOf(strays, 'namespace')} in no environment that run image lines of the path`] : []),
    ...untold,
    ...(unsure > 0 ? [`${countOf(unsure, 'finding')} of low confidence`] : []),
    ...(outcome.isAlone && !outcome.isEnough ? [NOTHING_RUNS] : []),
    ...(outcome.isAlone && outcome.files === 0 ? ['there is no job and no Dockerfile to judge'] : []),
    ...(outcome.unclear.decisive > 0
      ? [`${countOf(outcome.unclear.decisive, 'job')} for an environment, of which some rule could not tell, because of what was not read`]
      : []),
  ];
  if (sure.length > 0)
    return {
      exitCode: 1,
      because: [`${countOf(sure.length, against ? 'new finding' : 'finding')} at or above ${failOn}`, ...doubts, ...compared],
    };
  if (doubts.length > 0) return { exitCode: 3, because: [...doubts, ...compared] };
  const later = findings.filter(({ from, ...finding }) => from && isCounted(finding, failOn));
  const isPublished = judged.some(({ published }) => published);
  return {
    exitCode: 0,
    because: [
      ...seenOf(outcome, isPublished),
      ...[...groupBy(later, ({ from = '' }) => from)].map(
        ([from, group]) => `${countOf(group.length, 'finding')} that will count from ${from}`,
      ),
      ...compared,
    ],
  };
}

function seenOf({ isAlone, unclear }: Outcome, isPublished: boolean): readonly string[] {
  if (isAlone)
    return [
      'every workflow file in scope was read; what runs was not asked for',
      ...(unclear.all > 0
        ? [
            `of ${unclear.all} ${unclear.all === 1 ? 'job or file' : 'jobs or files'} some rule could not tell, because of what was not read`,
          ]
        : []),
    ];
  return [isPublished ? 'everything that channels publish was judged; what runs is not known' : 'everything in scope was seen and judged'];
}
