import { z } from 'zod';

/** How a record came to us, strongest first. Evidence tiers and confidence are tables over it. */
export const Trust = z.enum(['verified', 'signed', 'recorded', 'artifact', 'log', 'declared', 'label']);
export type Trust = z.infer<typeof Trust>;

/** How far evidence of rehearsal carries; `claimed` never counts. */
export const Tier = z.enum(['attested', 'recorded', 'observed', 'claimed']);
export type Tier = z.infer<typeof Tier>;

/** How sure a finding is: the weakest link it rests on. */
export const Confidence = z.enum(['high', 'medium', 'low']);
export type Confidence = z.infer<typeof Confidence>;

const TIER: Readonly<Record<Trust, Tier>> = {
  verified: 'attested',
  signed: 'recorded',
  recorded: 'recorded',
  artifact: 'recorded',
  log: 'claimed',
  declared: 'claimed',
  label: 'claimed',
};

const CONFIDENCE: Readonly<Record<Trust, Confidence>> = {
  verified: 'high',
  signed: 'high',
  recorded: 'high',
  artifact: 'medium',
  log: 'medium',
  declared: 'medium',
  label: 'medium',
};

/** The tier a test record of this trust reaches. */
export function tierOf(trust: Trust): Tier {
  return TIER[trust];
}

/** What a link of this trust leaves of an accusation's confidence: a claim makes it medium, never less (SEMANTICS 35). */
export function confidenceOf(trust: Trust): Confidence {
  return CONFIDENCE[trust];
}

/** The weakest of several confidences; high where there are none. */
export function weakest(confidences: readonly Confidence[]): Confidence {
  if (confidences.includes('low')) return 'low';
  return confidences.includes('medium') ? 'medium' : 'high';
}
