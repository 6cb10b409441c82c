import { scenario, testRule } from 'selfsame/testing';
import rule from '../../rules/unpinned-base-image.ts';
import { pageIsCurrent } from './page.ts';

const PINNED = `node:24@sha256:${'c0ffee00'.repeat(8)}`;
const dockerfile = (text: string) => scenario().at('09:00').wrote('Dockerfile', text);

const cases = {
  passes: {
    'every image is named by digest': dockerfile(`FROM ${PINNED} AS build\nFROM scratch\nCOPY --from=build /app /app\n`),
  },
  reports: {
    'the base is named by a tag': {
      given: dockerfile('FROM node:24\n'),
      finds: [{ where: 'Dockerfile', says: 'stage', with: { file: 'Dockerfile', image: 'node:24' } }],
    },
    'files are copied from an image that is named by a tag': {
      given: dockerfile(`FROM ${PINNED}\nCOPY --from=ghcr.io/acme/tools:2 /tool /tool\n`),
      finds: [{ where: 'Dockerfile', says: 'copied', with: { image: 'ghcr.io/acme/tools:2' } }],
    },
  },
  cannotTell: {
    'the build decides on the base': { given: dockerfile('ARG BASE\nFROM $BASE\n'), because: 'unpinned: named-by-an-argument' },
  },
  skips: {},
} satisfies Parameters<typeof testRule<typeof rule.messages, typeof rule.skips>>[1];

testRule(rule, cases);
pageIsCurrent({ rule, ...cases });
