import { type ImageReference, parseImageReference } from '../domain/image-reference.ts';
import { groupBy } from '../domain/order.ts';
import type { Foreseen, ForeseenImage, ForeseenRow } from '../explain/foresee.ts';
import type { Look } from '../report/define-reporter.ts';
import { formatGaps, groupGaps } from '../report/gap-groups.ts';
import { printable } from '../report/printable.ts';
import { tellCounting } from '../report/tell-counting.ts';
import { wrap } from '../report/wrap.ts';

/** What a check foresaw, for a person: every image with its verdict, its places, and the findings that come, stay and go. */
export function tellForeseen(foreseen: Foreseen, { width }: Pick<Look, 'width'>): string {
  const { images, exitCode, gaps, effectiveAt, notJudged = [] } = foreseen;
  const line: Line = (head, text) => `${head}${wrap(printable(text), width - head.length, ' '.repeat(head.length))}\n`;
  const told = images.flatMap((image) => [...tellImage(foreseen, image, line)]);
  const open = exitCode === 3 ? groupGaps(gaps).map((group) => line('  gap: ', formatGaps(group))) : [];
  const left = notJudged.map((one) => line('not judged: ', `${one} holds an image, and what it starts is not known from it`));
  const asOf = line('  as of: ', effectiveAt);
  return [...told, ...open, asOf, ...left, ...(exitCode === 0 ? pinsOf(images) : [])].join('');
}

type Line = (head: string, text: string) => string;

function* tellImage({ rows, appear, remain, disappear }: Foreseen, told: ForeseenImage, line: Line): Iterable<string> {
  const { image, digest, environment, verdict, where } = told;
  const isHere = (place: string) => where.includes(place);
  const here = rows.filter((row) => isHere(row.where));
  yield line('', `${verdict.replaceAll('-', ' ')}: ${image}${tellDigest(image, digest)} to ${environment}`);
  for (const row of here) yield* tellRow(row, told, line);
  for (const place of where.filter((one) => !here.some((row) => row.where === one)))
    yield line('  ', `${place}: not judged, because the audit is narrowed to other places`);
  for (const [head, findings] of [
    ['  appears:    ', appear],
    ['  remains:    ', remain],
    ['  disappears: ', disappear],
  ] as const)
    for (const finding of findings.filter((one) => one.where.some(isHere))) yield line(head, tellFinding(finding, findings !== disappear));
}

/** A reference by digest says it already. */
function tellDigest(image: string, digest: string | undefined): string {
  if (digest !== undefined && image.endsWith(`@${digest}`)) return '';
  return ` (${digest ?? 'nothing says what it names'})`;
}

function* tellRow(row: ForeseenRow, { verdict }: ForeseenImage, line: Line): Iterable<string> {
  const { where, unfit, standing, text, instead, next, untold } = row;
  const place = `${where}${tellMadeUp(row)}`;
  const advice = instead && verdict === 'must-not-go' ? `; deploy ${instead} instead` : '';
  yield line('  ', `${place}: ${unfit ?? `${standing.is}, ${text}`}${advice}`);
  if (untold) yield line('    ', `rules that could not tell: ${untold.join(', ')}`);
  if (next && !unfit) yield line('    next: ', next);
}

function tellMadeUp({ added, invented, image, environment }: ForeseenRow): string {
  if (added) return ' (added: nothing runs there yet)';
  return invented ? ` (invented: nothing of ${image} was seen to run in ${environment})` : '';
}

function tellFinding(finding: Foreseen['appear'][number], isToMend: boolean): string {
  const { rule, text, fix, confidence } = finding;
  const terms = [...(confidence === 'low' ? ['confidence low'] : []), ...tellCounting(finding)];
  return `${rule}: ${text}${terms.length > 0 ? ` (${terms.join(', ')})` : ''}${isToMend ? ` Fix: ${fix}` : ''}`;
}

/** The lines of a Kustomization that pin what may go, by the names that manifests have; a name is pinned to one digest, or not. */
function pinsOf(images: readonly ForeseenImage[]): string[] {
  const named = images.flatMap(({ image, digest }) => {
    const reference = parseImageReference(image);
    return digest && reference ? namesOf(reference).map((name) => ({ name, digest })) : [];
  });
  const byName = [...groupBy(named, ({ name }) => name)].map(
    ([name, group]) => [name, [...new Set(group.map(({ digest }) => digest))]] as const,
  );
  const pins = byName.flatMap(([name, [digest = '', ...others]]) =>
    others.length > 0 ? [] : [`      - name: ${printable(name)}\n        digest: ${printable(digest)}\n`],
  );
  return pins.length > 0 ? ['  kustomize:\n    images:\n', ...pins] : [];
}

/** Kustomize compares names as they are written, and those of Docker Hub are written in more ways than one. */
function namesOf({ registry, repository }: ImageReference): readonly string[] {
  const whole = `${registry}/${repository}`;
  if (registry !== 'docker.io') return [whole];
  return [...new Set([repository.replace(/^library\/(?=[^/]+$)/, ''), repository, whole])];
}
