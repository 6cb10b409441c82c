import { settingIn } from './setting.ts';

/** What an environment's name says of how far it is from users; names are the teams' own, these are what most of them use. */
const WORDS: Readonly<Record<string, 'production' | 'upstream'>> = {
  prod: 'production',
  prd: 'production',
  production: 'production',
  live: 'production',
  staging: 'upstream',
  stage: 'upstream',
  stg: 'upstream',
  preprod: 'upstream',
  preproduction: 'upstream',
  uat: 'upstream',
  qa: 'upstream',
  int: 'upstream',
  integration: 'upstream',
  sandbox: 'upstream',
  dev: 'upstream',
  develop: 'upstream',
  development: 'upstream',
  canary: 'production',
};

/** The words of a name, as people join them: `payments-prod_eu` gives payments, prod and eu. */
function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** The first word of a text that names an environment, where one does. */
export function environmentIn(text: string, environments: readonly string[]): string | undefined {
  return environmentsIn(text, environments)[0];
}

/** The words of a text that name environments: one of the plan's own that it is as a whole, else its own and those that most teams use. */
export function environmentsIn(text: string, environments: readonly string[]): readonly string[] {
  const lower = text.toLowerCase();
  const own = environments.find((name) => lower === name.toLowerCase());
  return own === undefined ? wordsOf(text).filter((word) => settingIn(WORDS, word) !== undefined || environments.includes(word)) : [own];
}

/** Whether an environment is the one that users meet: the last rank of the plan, or what most teams call so. */
export function isProduction(environment: string, last: readonly string[]): boolean {
  return last.includes(environment) || wordsOf(environment).some((word) => settingIn(WORDS, word) === 'production');
}
