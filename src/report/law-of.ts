import { canonicalJson, sha256 } from '../domain/identify.ts';
import type { Plan } from '../domain/plan.ts';

/** The digest of what of a plan accuses; reports that differ in waivers, teams or what they were narrowed to can be compared. */
export function lawOf({ waivers: _, teams: __, only: ___, filesAlone: ____, ...law }: Plan): string {
  return `sha256:${sha256(canonicalJson(law))}`;
}
