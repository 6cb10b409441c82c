import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const isThere = (name: string) => existsSync(new URL(`../../${name}`, import.meta.url));

const instructions = read('Containerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));
const all = (name: string) => instructions.filter(([word]) => word === name).map(([, ...rest]) => rest);

describe('the container image', () => {
  it('stands on a base that its builder chose by digest', () => {
    expect(all('FROM').map(([base]) => base)).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
    expect(all('ARG')).toEqual([['NODE_IMAGE']]);
    expect(read('Containerfile')).toContain('NODE_IMAGE=docker.io/library/node:24-bookworm-slim@sha256:');
  });

  it('runs as a user that is not root, and says so as a number', () => {
    expect(all('USER')).toEqual([['65532:65532']]);
  });

  it('copies what there is, and what is published', () => {
    const own = all('COPY').filter(([first]) => !first?.startsWith('--from'));
    const names = own.flatMap((words) => words.slice(0, -1));
    const published = (JSON.parse(read('package.json')) as { files: string[] }).files.map((name) => name.split('/')[0]);
    const kept = all('COPY').flatMap(([first, from]) => (first === '--from=build' ? [from?.replace('/build/', '')] : []));

    expect(names.filter((name) => !isThere(name))).toEqual([]);
    expect(published.filter((name) => !['src', 'deploy'].includes(`${name}`) && !kept.includes(name))).toEqual([]);
  });

  it('is built from what .dockerignore lets in', () => {
    const letIn = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const own = all('COPY').filter(([first]) => !first?.startsWith('--from'));

    expect(own.flatMap((words) => words.slice(0, -1)).filter((name) => !letIn.includes(name))).toEqual([]);
  });
});
