import type { Law } from '../../audit.ts';
import { loadAll } from '../../registry.ts';
import { configure } from '../configure.ts';
import type { PackHead } from './pack.ts';

/** Where rules of somebody's own are, and whether they may be run. */
export type Judging = Readonly<{ config: string; code?: boolean }>;

/** The rules that a pack was judged by: those without code are in its plan, and those with code in the configuration that is named. */
export async function rulesOf(
  { plan: { custom = [] }, code }: PackHead,
  { config, code: mayRun }: Judging,
): Promise<Omit<Law, 'plan' | 'version'>> {
  if (code) {
    const { rules, code: loaded } = await configure(config, mayRun);
    return { rules, ...(loaded ? { code: loaded } : {}) };
  }
  const rules = await loadAll('rules');
  if (custom.length === 0) return { rules };
  const { defineCustom } = await import('../../custom/define-custom.ts');
  return { rules: [...rules, ...custom.map((written, at) => defineCustom(written, (key) => `plan.custom.${at}.${key}`))] };
}
