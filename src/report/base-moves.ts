import type { Finding } from '../domain/finding.ts';
import { byKey, byText, groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import { countOf } from './count-of.ts';
import { fillMessage } from './words.ts';

/** More would hide what the sentence is about; the list in the report has all. */
const NAMED_IMAGES = 10;

type BaseMove = NonNullable<Report['baseMoves']>[number];

/** Moves from one base to one other that several images made, so that one change is told once; left out where there is none. */
export function baseMovesOf(findings: readonly Finding[], rows: Report['rows']): Pick<Report, 'baseMoves'> {
  const imageOf = new Map(rows.map(({ where, image }) => [where, image]));
  const moves = [...groupBy(findings.filter(isMove), keyOf).values()].flatMap((group) => toMove(group, imageOf));
  return moves.length === 0 ? {} : { baseMoves: moves.toSorted(byKey(({ from, to }) => `${from} ${to}`)) };
}

/** A base by name alone may be another one in each image that has it. */
function isMove({ facts, waived }: Finding): boolean {
  return !waived && [facts.testedBase, facts.shippedBase].every((base) => base?.includes('@sha'));
}

function keyOf({ facts }: Finding): string {
  return `${facts.testedBase} ${facts.shippedBase}`;
}

function toMove(group: readonly Finding[], imageOf: ReadonlyMap<string, string>): BaseMove[] {
  const where = [...new Set(group.flatMap((finding) => finding.where))].toSorted(byText);
  const images = [...new Set(where.flatMap((place) => imageOf.get(place) ?? []))].toSorted(byText);
  if (images.length < 2) return [];
  const { testedBase: from = '', shippedBase: to = '' } = group[0]?.facts ?? {};
  const findings = group.map(({ fingerprint }) => fingerprint).toSorted(byText);
  return [{ from, to, images, where, findings, text: tellMove({ from, to, images, where }) }];
}

function tellMove({ from, to, images, where }: Omit<BaseMove, 'text' | 'findings'>): string {
  const environments = [...new Set(where.map((place) => place.split('/', 1)[0] ?? ''))];
  const rest = images.length > NAMED_IMAGES ? ` and ${images.length - NAMED_IMAGES} more` : '';
  const named = `${images.slice(0, NAMED_IMAGES).join(', ')}${rest}`;
  const about = `${countOf(images.length, 'image')} moved base between what was rehearsed and what ${environments.join(', ')} runs`;
  return `${about}: from ${fillMessage('{from} to {to}', { from, to })} (${named})`;
}
