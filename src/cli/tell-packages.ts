import type { BillTold, PackageDifference } from '../explain/package-difference.ts';

const MOST_LINES = 50;
const MOST_UNREAD = 10;
const LONGEST = 200;
const LONGEST_REASON = 1000;

/** How the packages of two images differ, as lines: by which bills, how far these are trusted, and what was not read of them. */
export function tellPackages({ says, compared, unread }: PackageDifference): string[] {
  const others = unread.length > MOST_UNREAD ? [`    and ${unread.length - MOST_UNREAD} more were not read, which --json lists`] : [];
  const unreadLines = [...unread.slice(0, MOST_UNREAD).map((why) => `    not read: ${short(why, LONGEST_REASON)}`), ...others];
  if (!compared) return [`  packages: ${says}`, ...unreadLines];
  const { a, b, changed, onlyA, onlyB } = compared;
  const lines = [
    ...changed.map((one) => `${short(one.name)}: ${versions(one.a)} → ${versions(one.b)}`),
    ...onlyA.map((one) => `${short(one.name)}: only in A, ${versions(one.versions)}`),
    ...onlyB.map((one) => `${short(one.name)}: only in B, ${versions(one.versions)}`),
  ].map((line) => `    ${line}`);
  const rest = lines.length > MOST_LINES ? [`    and ${lines.length - MOST_LINES} more, which --json lists`] : [];
  return [`  packages: ${says}`, tellBill('A', a), tellBill('B', b), ...unreadLines, ...lines.slice(0, MOST_LINES), ...rest];
}

function tellBill(whose: string, { format, generator, digest, trust, by, packages }: BillTold): string {
  const made = generator === undefined ? 'its generator not named' : `by ${short(generator)}`;
  return `    ${whose}: ${format} ${digest}, ${made}, ${packages} packages, ${howKnown(trust, by)}`;
}

function howKnown(trust: BillTold['trust'], by: string | undefined): string {
  if (trust === 'verified') return `signed by ${by ?? 'somebody accepted'}, verified`;
  return trust === 'signed' ? 'signed, by whom is not verified' : 'claimed, not signed';
}

function versions(all: readonly string[]): string {
  return short(all.map((version) => (version === '' ? 'no version' : version)).join(', '));
}

function short(text: string, longest: number = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
