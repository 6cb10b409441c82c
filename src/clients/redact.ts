import { hash, randomBytes } from 'node:crypto';
import { isCredentialName } from './credential-name.ts';

/** What gives a credential away by its form, whatever it is called. */
const FORMS = new RegExp(
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/,
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
    /\bAIza[\w-]{35}/,
    /\bgh[opsur]_\w{20,}/,
    /\bgithub_pat_\w{20,}/,
    /\bglpat-[\w-]{16,}/,
    /\bnpm_[A-Za-z0-9]{30,}/,
    /\bsk_live_\w{10,}/,
    /\bsk-[\w-]{20,}/,
    /\b(?:hvs\.|ya29\.|pypi-)[\w-]{16,}/,
    /\bxox[abeoprs]-[\w-]{10,}/,
    /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
    // A word before the host is a user (ssh://git@…) unless it is as long as no user's name.
    /(?<=\/\/)(?:[^/\s:@]*:[^/\s@]+|[^/\s:@]{16,})(?=@)/,
    /\b[Bb]earer[ \t]{1,4}[\w.~+/-]{8,}/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
/** A name and what stands between it and its value: `NAME=`, `"name": `, or what may be a flag and a blank. */
const NAMED = /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]*)(=|\\?["']?[ \t]{0,4}:[ \t]{1,4}|\\?["']:(?=\\?["'])|["']?[ \t,]{1,4})/g;
const VALUE = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|\\"[^"\\]*|["']?(?:(?:bearer|basic|token|negotiate)[ \t]{1,4})?[^\s"']+/iy;
/** What `curl` and its like take a user and a password by; two numbers are a user and a group. */
const USER_FLAG = /^(?:-u|--user|--proxy-user)$/;
const USER_AND_PASSWORD = /^["']?(?!\d+:\d+\b)[^\s:"']+:./;

// One table for the whole process, because two sources write into one recording; it holds no value, only what tells values apart.
const salt = randomBytes(32).toString('hex');
const numbers = new Map<string, Map<string, number>>();
/** Numbers of one process say nothing of another's: two collections may give one number to unequal values. */
const round = randomBytes(4).toString('hex');

/** A longer text is none that a person wrote, and the patterns overflow the stack on it. */
const LONGEST = 1024 * 1024;

/** A value as it may be kept: where its name or its form is a credential's, `redacted#n`, n numbering the values of that name. */
export function redactValue(name: string, value: string): string {
  if (value === '') return value;
  if (value.length > LONGEST) return numbered(name, value);
  return isCredentialName(name) || value.search(FORMS) >= 0 ? numbered(name, value) : redactNamed(value);
}

/**
 * A command line or a step of a build as it may be kept: what it gives to a credential's name, or has a credential's form, is redacted. A value
 * that is `spared` only stands for one that is kept elsewhere.
 */
export function redactText(text: string, spared?: RegExp): string {
  if (text.length > LONGEST) return numbered('', text);
  return redactNamed(text, spared).replace(FORMS, (credential) => numbered('', credential));
}

/** The words of a command as they may be kept: a flag may stand in one and its value in the next. */
export function redactCommand(words: readonly string[]): string[] {
  return words.map((word, nth) =>
    isGivenTo(words[nth - 1] ?? '', word) ? numbered(bareName(words[nth - 1] ?? ''), word) : redactText(word),
  );
}

function redactNamed(text: string, spared?: RegExp): string {
  let kept = '';
  let end = 0;
  for (const { 0: whole, 1: name = '', 2: between = '', index } of text.matchAll(NAMED)) {
    VALUE.lastIndex = index + whole.length;
    const isFlag = /^["']?[ \t,]/.test(between);
    if (index < end || !(isFlag ? isFlagOfCredential(name) : isCredentialName(bareName(name)))) continue;
    const [value] = VALUE.exec(text) ?? [''];
    const bare = /^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value;
    if (bare === '' || spared?.test(bare) || (isFlag && !isGivenTo(name, bare))) continue;
    kept += `${text.slice(end, index)}${whole}${numbered(bareName(name), bare)}`;
    end = index + whole.length + value.length;
  }
  return kept + text.slice(end);
}

function isFlagOfCredential(word: string): boolean {
  return word.startsWith('-') && (USER_FLAG.test(word) || isCredentialName(bareName(word)));
}

function isGivenTo(flag: string, value: string): boolean {
  if (!/^-{1,2}[A-Za-z][\w.-]*$/.test(flag) || value === '' || value.startsWith('-')) return false;
  return USER_FLAG.test(flag) ? USER_AND_PASSWORD.test(value) : isCredentialName(bareName(flag));
}

function bareName(name: string): string {
  return name.replace(/^-+/, '');
}

/** Labels or annotations as they may be kept. A key that would name an object's prototype is no key. */
export function redactRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(record).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(kept.map(([name, value]) => [name, redactValue(name, value)]));
}

function numbered(name: string, value: string): string {
  const values = numbers.get(name) ?? new Map<string, number>();
  numbers.set(name, values);
  const mark = hash('sha256', `${salt}${value}`, 'base64');
  const number = values.get(mark) ?? values.size + 1;
  values.set(mark, number);
  return `redacted#${number}@${round}`;
}
