import { defineReporter, parseImageReference, printable, type Report } from 'selfsame';

type Kept = Report['keep']['digests'][number];

export default defineReporter({
  id: 'keep-list',
  title: 'The digests that registry clean-ups have to spare, one a line',
  mediaType: 'text/plain',
  *render({ keep: { digests, doubts }, effectiveAt }) {
    const named = digests.filter(isNamed);
    for (const { repository, digest, because, where } of named)
      yield `${[`${repository}@${digest}`, because, ...where.map((place) => oneWord(place))].join(' ')}\n`;
    const open = named.length < digests.length ? [...doubts, 'some names are no image references'] : doubts;
    // A file that was cut off lacks its last line, and a job that looks for that deletes nothing.
    yield open.length === 0 ? `# complete ${effectiveAt}\n` : `# incomplete ${effectiveAt}: ${oneLine(open.join('; '))}\n`;
  },
});

/** A job takes the name as it stands: what is no reference would be another's word to it. */
function isNamed({ repository, digest }: Kept): boolean {
  const parsed = parseImageReference(`${repository}@${digest}`);
  return parsed !== undefined && `${parsed.registry}/${parsed.repository}@${parsed.digest}` === `${repository}@${digest}`;
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ');
}

function oneWord(text: string): string {
  return printable(text).replaceAll(/\s+/g, '_');
}
