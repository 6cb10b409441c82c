import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';

/** What rules could not tell for one reason on the same places: each rule with what it asked for. */
export type UnknownGroup = Readonly<{ reason: string; rules: readonly string[]; where: readonly string[] }>;

/** One missing fact silences many rules, often on the same places: groups by both, in the order of the report. */
export function groupUnknowns(unknowns: Report['unknowns']): readonly UnknownGroup[] {
  const parted = unknowns.map(({ rule, because, where }) => ({ rule, where, ...partsOf(because) }));
  return [...groupBy(parted, ({ reason, where }) => [reason, ...where].join('\n')).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const rules = [...groupBy(group, ({ rule }) => rule)].map(([rule, asking]) =>
      nameOf(
        rule,
        asking.flatMap(({ asked }) => asked ?? []),
      ),
    );
    return [{ reason: first.reason.replaceAll('-', ' '), rules, where: first.where }];
  });
}

function partsOf(because: string): Readonly<{ asked?: string; reason: string }> {
  const [, asked, reason] = /^([^:]+): ([^]+)$/.exec(because) ?? [];
  return asked && reason ? { asked, reason } : { reason: because };
}

function nameOf(rule: string, asked: readonly string[]): string {
  return asked.length > 0 ? `${rule} (${asked.join(', ')})` : rule;
}
