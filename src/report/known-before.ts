import type { Earlier } from '../domain/earlier.ts';
import { type Finding, reaches, type Severity } from '../domain/finding.ts';
import { canonicalJson } from '../domain/identify.ts';
import { isInFile } from '../domain/place.ts';
import { AuditError } from '../error.ts';

type Told = Earlier['findings'][number];
type Now = Readonly<{ effectiveAt: string; law: string; failOn: Severity }>;

/**
 * Findings, of which those that an earlier audit counted already, on the same artifact in every one of their places, say since when
 * they are known; an earlier one that cannot tell what is new is refused.
 */
export function knownBefore(findings: readonly Finding[], earlier: Earlier | undefined, now: Now): readonly Finding[] {
  if (!earlier) return findings;
  refuseOther(earlier, now.law);
  if (earlier.effectiveAt >= now.effectiveAt)
    throw refusal(
      `is of ${earlier.effectiveAt}, and what is judged is of ${now.effectiveAt}`,
      'Give one that is older: compared with itself, nothing is new.',
    );
  const known = new Map<string, string>();
  for (const told of earlier.findings.filter((one) => isAccusing(one, now.failOn)))
    for (const key of keysOf(told)) known.set(key, told.since ?? earlier.effectiveAt);
  const told = findings.map((finding) => {
    const times = keysOf(finding).map((key) => known.get(key) ?? '');
    return times.length === 0 || times.includes('') ? finding : { ...finding, since: times.reduce((last, at) => (at > last ? at : last)) };
  });
  return outOfKnown(told, earlier, now);
}

/** What is new is not told under what is known, which decides nothing any more: only what was told under something that counted may stay. */
function outOfKnown(findings: readonly Finding[], { findings: before }: Earlier, { failOn }: Now): readonly Finding[] {
  const counted = new Set(before.filter((one) => isAccusing(one, failOn)).map(({ fingerprint }) => fingerprint));
  const wasUnder = new Set(
    before.filter(({ under, confidence }) => under && counted.has(under) && confidence !== 'low').flatMap((one) => keysOf(one)),
  );
  const known = new Set(findings.filter(({ since }) => since).map(({ fingerprint }) => fingerprint));
  return findings.map((finding) => {
    const { under, ...alone } = finding;
    if (!under || !known.has(under) || finding.since) return finding;
    const keys = keysOf(finding);
    return keys.length > 0 && keys.every((key) => wasUnder.has(key)) ? finding : alone;
  });
}

/** Refuses what shows a part alone, or was judged by another law. */
export function refuseOther({ law, view }: Pick<Earlier, 'law' | 'view'>, wanted: string): void {
  if (view)
    throw refusal(
      `shows what ${view.owner} owns alone`,
      'Give the report of the whole, written without --owner, or the recording it was made of.',
    );
  if (law !== wanted)
    throw refusal(
      'was judged by another plan than this one',
      'Give the recording that the report was made of: it is judged again, by this plan.',
    );
}

function refusal(says: string, hint: string): AuditError {
  return new AuditError('USAGE', `--fail-on-new: what was before ${says}`, { hint });
}

/** What decided nothing then is new when it does: once its waiver or its grace has ended, once it is sure, once it stands alone. */
function isAccusing({ severity, confidence, waived, under, from }: Told, failOn: Severity): boolean {
  return !waived && !under && !from && confidence !== 'low' && reaches(severity, failOn);
}

/** By rule, message, place, what runs there and what that is accused by; none where the artifact is not known, since nobody can say that it is the same. */
function keysOf({ rule, message, facts, artifact, where }: Told): readonly string[] {
  if (artifact === '') return where.every(isInFile) ? where.map((place) => canonicalJson([rule, message, place, facts])) : [];
  // A gate that fails beside one that is known to is another failure; one that is mended leaves the other as it was.
  const gates = facts['gate']?.split(', ') ?? [''];
  const accusers = ACCUSERS.map((name) => facts[name] ?? '');
  return where.flatMap((place) => gates.map((gate) => canonicalJson([rule, message, place, artifact, gate, ...accusers])));
}

/** Facts of findings on what runs that name what else it is accused by; times, counts and what runs upstream change without anything new. */
const ACCUSERS = ['name', 'base', 'container', 'image', 'partner', 'beside'];
