import type { Waived } from '../domain/finding.ts';
import type { Report } from '../domain/report.ts';

/** A waiver that is applied, in one sentence: until when, by whom, who agreed and where that is kept, and why. */
export function tellWaiver({ until, owner, approver, ticket, because }: Waived): string {
  const terms = [
    `waived until ${until} by ${owner}`,
    ...(approver ? [`approved by ${approver}`] : []),
    ...(ticket ? [`ticket ${ticket}`] : []),
  ];
  return `${terms.join(', ')}: ${because}`;
}

/** What somebody has to look at of a plan's waivers: those that cover nothing, and what is to be said of those that do. */
export function tellWaivers({ waivers }: Report): readonly Readonly<{ head: string; text: string }>[] {
  return waivers.flatMap(({ about, where, owner, state, why, concerns }) => {
    const told = [...(state === 'applied' ? [] : [{ is: state, says: why }]), ...concerns];
    const text = `${about} at ${where}${owner ? `, of ${owner}` : ''}`;
    return told.map(({ is, says }) => ({ head: `waiver ${is.replaceAll('-', ' ')}`, text: `${text}: ${says}` }));
  });
}
