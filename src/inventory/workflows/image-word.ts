import { environmentIn } from './environment-word.ts';
import type { PlacedStep } from './subject.ts';

/** An image as a step names it, expressions unread: its repository and tag, or that it is named by digest. */
export type ImageWord = Readonly<{ text: string; repository: string; tag: string | undefined; isPinned: boolean }>;

const EXPRESSION = /\$\{\{[^}]*\}\}/g;
const MOVING = new Set(['latest', 'edge', 'nightly', 'main', 'master', 'develop', 'trunk', 'head']);
const BRANCH = /github\.(?:ref_name|head_ref|ref)\b|GITHUB_REF_NAME|GITHUB_HEAD_REF/;

/** The images that a step names: in its commands, and in what it hands to an action. */
export function imagesIn({ commands, with: given }: Pick<PlacedStep, 'commands' | 'with'>): readonly ImageWord[] {
  const words = [...commands.flat(), ...Object.values(given).flatMap((value) => value.split(/[\s,]+/))];
  return words.flatMap((word) => imageIn(word) ?? []);
}

/** The tags that a step hands over apart from their images, as charts take them: `--set image.tag=latest`. */
export function bareTagsIn({ commands }: Pick<PlacedStep, 'commands'>): readonly string[] {
  return commands.flat().flatMap((word) => {
    const tag = /^(?:--[\w-]+=)?[\w.]*[tT]ag=(?<tag>.+)$/.exec(word)?.groups?.tag;
    return tag === undefined ? [] : [tag];
  });
}

/** Reads one word as an image: with a registry or an owner before its name, and a tag or digest after it. */
export function imageIn(word: string): ImageWord | undefined {
  const text = word.replace(/^(?:--[\w-]+=)?(?:[\w.*-]+=)?(?:docker:\/\/)?/, '');
  // A colon or an at within an expression ends nothing.
  const plain = text.replaceAll(EXPRESSION, (expression) => '_'.repeat(expression.length));
  if (plain.includes('://') || !(plain.includes('/') || plain.startsWith('$')) || /^[./~-]/.test(plain)) return undefined;
  const digest = plain.indexOf('@');
  if (digest > 0) return { text, repository: text.slice(0, digest).replace(/:[^:/]*$/, ''), tag: undefined, isPinned: true };
  const colon = plain.lastIndexOf(':');
  if (colon < plain.lastIndexOf('/')) return undefined;
  const tag = text.slice(colon + 1);
  return tag === '' ? undefined : { text, repository: text.slice(0, colon), tag, isPinned: false };
}

/** Whether a tag is moved in the course of work: of a branch, of an environment, or by its very name; of a release, a ref is no branch. */
export function moves(tag: string, environments: readonly string[], isOfRelease = false): boolean {
  if (tag.includes('${{') || tag.startsWith('$')) return !isOfRelease && BRANCH.test(tag) && !/sha/i.test(tag);
  return MOVING.has(tag.toLowerCase()) || environmentIn(tag, environments) === tag.toLowerCase() || environments.includes(tag);
}
