import type { Waived } from '../domain/finding.ts';

/** A waiver that is applied, in one sentence: until when, by whom, who agreed and where that is kept, and why. */
export function tellWaiver({ until, owner, approver, ticket, because }: Waived): string {
  const terms = [
    `waived until ${until} by ${owner}`,
    ...(approver ? [`approved by ${approver}`] : []),
    ...(ticket ? [`ticket ${ticket}`] : []),
  ];
  return `${terms.join(', ')}: ${because}`;
}
