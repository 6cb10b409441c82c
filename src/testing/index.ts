export { renderPage } from './page.ts';
export { type Given, type Scenario, scenario } from './scenario.ts';
export { type Cases, type Runner, testRule } from './test-rule.ts';
