import {
  defineReporter,
  type Finding,
  formatCoverage,
  formatFiles,
  formatOwner,
  formatPlace,
  headlineOf,
  isToMend,
  placesOf,
  printable,
  printableJson,
  type Report,
  tellCounting,
  tellOpen,
  tellView,
} from 'selfsame';

type Block = Readonly<{ type: 'header' | 'section'; text: Readonly<{ type: 'plain_text'; text: string; emoji: false }> }>;

/** Slack refuses a message with more (docs.slack.dev, Block Kit reference, 2026): blocks, and characters of a header and of a section. */
const MOST_BLOCKS = 50;
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3000;
/** It also refuses long messages (`msg_blocks_too_long`) at a length that it does not document: 11,341 characters were refused (slackapi/bolt-js 2867, 2026). */
const MESSAGE_LENGTH = 8000;
/** Kept for the line that says what was cut. */
const REST_LENGTH = 300;
const FINDING_LENGTH = 900;
const LISTED_PLACES = 3;

const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export default defineReporter({
  id: 'slack',
  title: 'A message for a channel of Slack',
  mediaType: 'application/json',
  *render(report) {
    const headline = printable(headlineOf(report));
    const message = {
      text: cut(headline, SECTION_LENGTH),
      unfurl_links: false,
      unfurl_media: false,
      blocks: [blockOf('header', cut(headline, HEADER_LENGTH)), ...sectionsOf(report)],
    };
    yield `${printableJson(JSON.stringify(message, null, 2))}\n`;
  },
});

/** What there is room for, what matters first; the last section counts what there was none for. */
function sectionsOf(report: Report): readonly Block[] {
  const findings = report.findings.filter(isToMend);
  const open = tellOpen(report).map(printable);
  const summary = cut(summaryOf(report), SECTION_LENGTH / 2);
  // What is not known is never crowded out by what is: it has half of the room until it needs less.
  const unknown = takeWhileFits(open, (MESSAGE_LENGTH - summary.length) / 2, MOST_BLOCKS / 2 - 2);
  const left = MESSAGE_LENGTH - summary.length - lengthOf(unknown) - REST_LENGTH;
  const told = takeWhileFits(
    findings.slice(0, MOST_BLOCKS).map((one) => tellFinding(one, report)),
    left,
    MOST_BLOCKS - unknown.length - 3,
  );
  const rest = tellRest(findings.length - told.length, open.length - unknown.length);
  return [summary, ...told, ...unknown, ...rest].map((text) => blockOf('section', text));
}

function summaryOf(report: Report): string {
  const lines = [
    ...tellView(report),
    `exit ${report.exitCode}: ${report.because.join('; ')}`,
    ...report.coverage.map((one) => formatCoverage(one, report)),
    formatFiles(report) ?? '',
  ];
  return lines
    .filter((line) => line !== '')
    .map(printable)
    .join('\n');
}

function tellFinding(finding: Finding, report: Report): string {
  const { rule, severity, text, fix, owners = [] } = finding;
  const places = placesOf(finding).map((place) => (finding.at ? place : formatPlace(place)));
  const more = places.length > LISTED_PLACES ? `, and ${places.length - LISTED_PLACES} more` : '';
  return [
    [`${severity}: ${rule}`, ...tellCounting(finding)].join(', '),
    text,
    `At: ${places.slice(0, LISTED_PLACES).join(', ')}${more}`,
    ...owners.map((owner) => `Owner: ${formatOwner(owner, report)}`),
    `Fix: ${fix}`,
  ]
    .map(printable)
    .join('\n');
}

/** The first of the texts, each cut to what one may take, as far as room and blocks last. */
function takeWhileFits(texts: readonly string[], room: number, most: number): readonly string[] {
  const taken: string[] = [];
  for (const text of texts.slice(0, most)) {
    const short = cut(text, FINDING_LENGTH);
    if (lengthOf(taken) + short.length > room) return taken;
    taken.push(short);
  }
  return taken;
}

function tellRest(findings: number, open: number): string[] {
  const parts = [...(findings > 0 ? [`${findings} more of the findings`] : []), ...(open > 0 ? [`${open} more that is not known`] : [])];
  return parts.length > 0 ? [`Not shown here: ${parts.join(', ')}. Write the whole with --report html=FILE or --report json=FILE.`] : [];
}

/** Text as Slack takes it literally: what it would read as a mention, a channel or a link is written as references, and never cut in two. */
function cut(text: string, length: number): string {
  const written = Array.from(text.toWellFormed(), (character) => REFERENCES[character] ?? character);
  if (lengthOf(written) <= length) return written.join('');
  const mark = ' … (cut)';
  let kept = '';
  for (const character of written) {
    if (kept.length + character.length + mark.length > length) break;
    kept += character;
  }
  return `${kept}${mark}`;
}

function blockOf(type: Block['type'], text: string): Block {
  return { type, text: { type: 'plain_text', text, emoji: false } };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
