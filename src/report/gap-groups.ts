import { groupBy } from '../domain/order.ts';
import type { Report } from '../domain/report.ts';
import type { Gap } from '../domain/statement.ts';

/** Gaps that one step would close: of one kind and source, for one reason, with one hint. */
export type GapGroup = Readonly<{
  of: Gap['of'];
  because: Gap['because'];
  hint: string | undefined;
  /** What all of them have in common of their scopes, as `registry registry.test`. */
  scope: readonly string[];
  /** Where each was met. */
  locators: readonly string[];
}>;

const TOLD_LOCATORS = 3;

/** Groups gaps, in their order: a registry that is down is one thing to mend, however many images it holds. */
export function groupGaps(gaps: Report['gaps']): readonly GapGroup[] {
  const groups = groupBy(gaps, ({ of, because, hint, scope }) => [of, because, scope.source, hint].join('\n'));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { of, because, hint, scope } = first;
    const common = Object.entries(scope).filter(([name, value]) =>
      group.every((gap) => Object.entries(gap.scope).some(isEntry(name, value))),
    );
    return [{ of, because, hint, scope: common.map((entry) => entry.join(' ')), locators: group.map(({ origin }) => origin.locator) }];
  });
}

function isEntry(name: string, value: string) {
  return ([other, its]: readonly [string, string]) => other === name && its === value;
}

/** The first of the places where gaps of a group were met, and how many there are beside. */
export function tellLocators({ locators }: GapGroup): string {
  const told = locators.slice(0, TOLD_LOCATORS).join('; ');
  return locators.length > TOLD_LOCATORS ? `${told}; and ${locators.length - TOLD_LOCATORS} more` : told;
}

/** A group as one sentence, with the step that would close it. */
export function formatGaps(group: GapGroup): string {
  const { of, because, hint, scope, locators } = group;
  const where = scope.length > 0 ? `: ${scope.join(', ')}` : '';
  const told = `not every ${of} could be listed, ${because}${where} (${tellLocators(group)})${hint ? `. Next: ${hint}` : ''}`;
  return locators.length > 1 ? `${locators.length} times: ${told}` : told;
}
