import { isCredentialName } from '../credential-name.ts';
import { redactText, redactValue } from '../redact.ts';

/** Stands for an expression while what is around it is redacted; a text that has the sign itself loses it. */
const SIGN = '\uE000';
const MASKED = new RegExp(`${SIGN}(\\d+)${SIGN}`, 'g');
/** A value that is nothing but expressions, or the name of a variable: it says where a credential comes from. */
const SPARED = new RegExp(`^(?:\\s*${SIGN}\\d+${SIGN})+\\s*["']?$|^\\$\\{?\\w+\\}?["']?$`);
/** A list of secrets, as actions of docker take it: `NAME=VALUE` a line. */
const LIST_OF_SECRETS = /^secret(?:s|-envs|-files)$/i;
const LISTED = /^\s*["']?[\w.-]+=(.*)$/;

/** What a workflow sets, says or runs, as it may be kept: an expression is only the name of a value, and stays. */
export function redactExpressive(name: string, text: string): string {
  const expressions: string[] = [];
  const masked = mask(text.replaceAll(SIGN, '?'), expressions);
  return redactMasked(name, masked).replace(MASKED, (_, nth: string) => redactText(expressions[Number(nth)] ?? ''));
}

function mask(text: string, expressions: string[]): string {
  let masked = '';
  let end = 0;
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', end)) {
    const close = text.indexOf('}}', start);
    if (close < 0) break;
    masked += `${text.slice(end, start)}${SIGN}${expressions.length}${SIGN}`;
    end = close + 2;
    expressions.push(text.slice(start, end));
  }
  return masked + text.slice(end);
}

function redactMasked(name: string, masked: string): string {
  if (LIST_OF_SECRETS.test(name)) return masked.split('\n').map(redactListed).join('\n');
  if (!isCredentialName(name)) return redactText(masked, SPARED);
  return SPARED.test(masked) ? masked : redactValue(name, masked);
}

/** What is behind the name is kept only where it is an expression: a key that is written out may have such a sign, too. */
function redactListed(line: string): string {
  const value = LISTED.exec(line)?.[1] ?? line;
  return SPARED.test(value) ? line : redactValue('secret', line.trim());
}
