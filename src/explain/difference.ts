import type { Digest } from '../domain/digest.ts';
import type { Observation } from '../domain/observation.ts';
import type { Cause, Rung } from '../domain/standing.ts';
import type { Wanted } from '../domain/wanted.ts';
import { type Bases, openBases } from '../inventory/base.ts';
import { type Closure, openClosure } from '../inventory/closure.ts';
import { compareIn } from '../inventory/compare.ts';
import { isEquivalent, isOneArtifact } from '../inventory/identity.ts';
import { basesNamedOf } from '../inventory/wanted-bases.ts';
import { type Builders, openBuilders } from './builders.ts';

/** How two images compare on one platform. */
export type Comparison = Readonly<{
  platform: string;
  verdict: 'one artifact' | 'equivalent' | 'different' | 'cannot tell';
  rung?: Rung;
  cause?: Cause;
  says: string;
  /** Who built them, where records of both name others. */
  builders?: Builders;
}>;

/** Compares two digests on every platform that both are for, or on the one that is asked. */
export function compareDigests(
  a: Digest,
  b: Digest,
  observations: readonly Observation[],
  platform: string | undefined,
): readonly Comparison[] {
  const closure = openClosure(observations);
  const bases = openBases(() => observations, closure);
  const [ofA, ofB] = [closure.platformsOf(a), closure.platformsOf(b)];
  const shared = ofA.filter((one) => ofB.includes(one));
  const common = platform === undefined ? shared : shared.filter((one) => one === platform);
  if (platform !== undefined && common.length === 0 && ofA.length > 0 && ofB.length > 0)
    return [{ platform, verdict: 'cannot tell', says: `they are not both for it: ${ofA.join(', ')} against ${ofB.join(', ')}` }];
  const known = { closure, bases, buildersOf: openBuilders(observations, closure) };
  if (common.length > 0) return common.map((one) => compareOn(known, { a, b, platform: one }));
  if (ofA.length > 0 && ofB.length > 0)
    return [{ platform: '', verdict: 'different', says: `they have no platform in common: ${ofA.join(', ')} against ${ofB.join(', ')}` }];
  const isOne = a === b;
  const unread = [a, b].filter((_, at) => [ofA, ofB][at]?.length === 0);
  return [
    isOne
      ? {
          platform: '',
          verdict: 'cannot tell',
          says: 'one digest; whether it is one image on every node is not known: what it names was not read',
        }
      : { platform: '', verdict: 'cannot tell', says: `what a registry holds was not read: ${unread.join(', ')}` },
  ];
}

/** The bases that are named of what digests lead to, which tell the part of a base from that of an application. */
export function basesToRead(digests: readonly Digest[], observations: readonly Observation[]): Wanted['digests'] {
  const closure = openClosure(observations);
  const artifacts = digests.flatMap((digest) => closure.platformsOf(digest).map((platform) => closure.artifactOf(digest, platform)));
  return basesNamedOf(
    artifacts.filter((artifact) => typeof artifact !== 'string'),
    openBases(() => observations, closure),
  );
}

type Known = Readonly<{ closure: Closure; bases: Bases; buildersOf: ReturnType<typeof openBuilders> }>;

function compareOn(
  { closure, bases, buildersOf }: Known,
  { a, b, platform }: Readonly<{ a: Digest; b: Digest; platform: string }>,
): Comparison {
  const [one, other] = [closure.artifactOf(a, platform), closure.artifactOf(b, platform)];
  if (typeof one === 'string' || typeof other === 'string')
    return {
      platform,
      verdict: 'cannot tell',
      says: `${typeof one === 'string' ? a : b}: ${[one, other].find((found) => typeof found === 'string')}`,
    };
  const difference = compareIn({ bases }, one, other);
  if (!difference) return { platform, verdict: 'cannot tell', says: 'a config was not read' };
  const { rung, cause, says } = difference;
  if (isOneArtifact(rung)) return { platform, verdict: 'one artifact', rung, says: `one artifact: ${rung.replaceAll('-', ' ')}` };
  const builders = buildersOf(one, other);
  return { platform, verdict: isEquivalent(rung) ? 'equivalent' : 'different', rung, cause, says, ...(builders ? { builders } : {}) };
}
