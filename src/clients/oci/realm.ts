import { type AuditError, unreadable } from '../../error.ts';
import { isPrivate } from './host.ts';

/** Whose token servers are elsewhere, as they answer themselves (checked 2026). */
const BUILT_IN: Readonly<Record<string, string>> = { 'docker.io': 'auth.docker.io', 'ghcr.io': 'ghcr.io', 'quay.io': 'quay.io' };

/** Where anybody can have a neighbour's name, so that a common ending says nothing about who it belongs to. */
const SHARED =
  /(?:^|\.)(?:amazonaws\.com|aliyuncs\.com|azurecr\.io|azurewebsites\.net|windows\.net|cloudapp\.azure\.com|cloudfront\.net|pkg\.dev|gcr\.io|run\.app|appspot\.com|web\.app|github\.io|gitlab\.io|jfrog\.io|cloudsmith\.io|herokuapp\.com|vercel\.app|netlify\.app|pages\.dev|workers\.dev|fly\.dev|ngrok\.io|ngrok\.app|trycloudflare\.com|nip\.io|sslip\.io)$/;
/** `co.uk`, `com.au`: an ending that looks like somebody's domain. */
const COUNTRY_ENDING = /^(?:\w{2,3}|gov|edu|mil)\.\w{2}$/;

/** A registry as its user configured it, and the one host beside it that may hand out its tokens. */
export type Trusted = Readonly<{ registry: string; origin: URL; realmHost: string | undefined }>;

/** The token server a challenge names, where it may be asked; credentials go nowhere else. */
export function trustedRealm(realm: string, trusted: Trusted): URL {
  const url = URL.parse(realm);
  if (!url || url.username !== '' || url.password !== '' || url.hash !== '') throw refused(realm.slice(0, 100), 'is no address', trusted);
  const isNamed = trusted.realmHost === url.host;
  const isOwn = url.hostname === trusted.origin.hostname;
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && trusted.origin.protocol === 'http:' && isOwn);
  if (!isSecure) throw refused(url.host, 'is not asked over https', trusted);
  if (!isOwn && !isNamed && isPrivate(url.hostname)) throw refused(url.host, 'is an address of a private network', trusted);
  if (!isOwn && !isNamed && !isKnown(url, trusted)) throw refused(url.host, 'is another host', trusted);
  return url;
}

function isKnown({ host, hostname }: URL, { registry, origin }: Trusted): boolean {
  if (Object.hasOwn(BUILT_IN, registry) && BUILT_IN[registry] === host) return true;
  const parent = origin.hostname.split('.').slice(1).join('.');
  const isSomebodys = parent.includes('.') && !SHARED.test(parent) && !COUNTRY_ENDING.test(parent) && !/[\d:\]]$/.test(parent);
  return isSomebodys && (hostname === parent || hostname.endsWith(`.${parent}`));
}

function refused(host: string, why: string, { registry }: Trusted): AuditError {
  return unreadable('untrusted', `${registry} sends for tokens to ${host}, which ${why}`, {
    hint: `${registry} sends for tokens to ${host}, which ${why}. If that is right, write \`realm: ${host}\` beside \`registry: ${registry}\`.`,
  });
}
