import {
  defineReporter,
  type Finding,
  formatCoverage,
  formatFiles,
  formatOwner,
  formatPlace,
  headlineOf,
  isToMend,
  markup,
  placesOf,
  printable,
  type Report,
  sha256,
  tellCounting,
  tellOpen,
  tellView,
} from 'selfsame';

type Told = Readonly<{ title: string; text: string; rest: readonly (readonly [string, string])[] }>;
type Content = Readonly<{ headline: string; summary: readonly string[]; findings: readonly Told[]; open: readonly string[]; more: string }>;

/** Nobody reads more of them in a message, and mailboxes cut what is long: Gmail after about 100 KB. */
const SHOWN = 25;
const SHOWN_PLACES = 5;
const TEXT_LENGTH = 700;
const BASE64_LINE = 76;
const SUBJECT_LENGTH = 200;
/** An encoded word has at most 75 characters (RFC 2047, 2): 45 bytes are 60 of base64, beside `=?UTF-8?B?` and `?=`. */
const WORD_BYTES = 45;
/** RFC 5322, 2.1.1: a line should not be longer than 78; the name of the field takes its part. */
const PLAIN_LENGTH = 65;

export default defineReporter({
  id: 'email',
  title: 'A message by mail, as text and as HTML, without its addresses',
  mediaType: 'message/rfc822',
  *render(report) {
    const content = contentOf(report);
    const [text, html] = [toText(content), toHtml(content)];
    // Base64 has no underscore: no line of a part is ever taken for the boundary.
    const boundary = `selfsame_${sha256(text + html).slice(0, 32)}`;
    yield lines(
      `Date: ${dateOf(report)}`,
      `Subject: ${encodeHeader(content.headline)}`,
      'MIME-Version: 1.0',
      // RFC 3834: what answers for people on holiday does not answer this.
      'Auto-Submitted: auto-generated',
      `X-Selfsame-Exit-Code: ${report.exitCode}`,
      `Content-Type: multipart/alternative; boundary="${boundary}"`,
      '',
    );
    yield* partOf('plain', text, boundary);
    yield* partOf('html', html, boundary);
    yield lines(`--${boundary}--`);
  },
});

function* partOf(kind: 'plain' | 'html', content: string, boundary: string): Iterable<string> {
  yield lines(`--${boundary}`, `Content-Type: text/${kind}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '');
  const encoded = Buffer.from(content.toWellFormed()).toString('base64');
  yield lines(...(encoded.match(new RegExp(`.{1,${BASE64_LINE}}`, 'g')) ?? []));
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

/** RFC 5322 wants the day of the week and the month in English; UTC is `+0000`. */
function dateOf({ effectiveAt }: Report): string {
  return new Date(effectiveAt).toUTCString().replace('GMT', '+0000');
}

/** Text as the value of a header: plain where it is short and ASCII, else in encoded words, each of whole characters on a line of its own. */
function encodeHeader(text: string): string {
  const told = cut(text, SUBJECT_LENGTH);
  if (/^[\u0020-\u007e]*$/.test(told) && told.length <= PLAIN_LENGTH && !told.includes('=?')) return told;
  const words = [''];
  for (const character of told) {
    const word = words.at(-1) ?? '';
    if (Buffer.byteLength(word + character) > WORD_BYTES) words.push(character);
    else words[words.length - 1] = word + character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

function contentOf(report: Report): Content {
  const findings = report.findings.filter(isToMend);
  const open = tellOpen(report);
  const [moreFindings, moreOpen] = [Math.max(0, findings.length - SHOWN), Math.max(0, open.length - SHOWN)];
  const left = [
    ...(moreFindings > 0 ? [`${moreFindings} more of the findings`] : []),
    ...(moreOpen > 0 ? [`${moreOpen} more that is not known`] : []),
  ];
  const summary = [
    ...tellView(report),
    `exit ${report.exitCode}: ${report.because.join('; ')}`,
    ...report.coverage.map((one) => formatCoverage(one, report)),
    formatFiles(report) ?? '',
  ];
  return {
    headline: printable(headlineOf(report)),
    summary: summary.filter((line) => line !== '').map((line) => cut(line, TEXT_LENGTH)),
    findings: findings.slice(0, SHOWN).map((one) => tellFinding(one, report)),
    open: open.slice(0, SHOWN).map((line) => cut(line, TEXT_LENGTH)),
    more: left.length > 0 ? `Not shown here: ${left.join(', ')}. The whole is in the report.` : '',
  };
}

function tellFinding(finding: Finding, report: Report): Told {
  const { rule, severity, text, fix, owners = [] } = finding;
  const places = placesOf(finding).map((place) => (finding.at ? place : formatPlace(place)));
  const more = places.length > SHOWN_PLACES ? `, and ${places.length - SHOWN_PLACES} more` : '';
  const rest = [
    ['At', `${places.slice(0, SHOWN_PLACES).join(', ')}${more}`],
    ...owners.map((owner) => ['Owner', formatOwner(owner, report)] as const),
    ['Fix', fix],
  ] as const;
  return {
    title: cut([`${severity}: ${rule}`, ...tellCounting(finding)].join(', '), TEXT_LENGTH),
    text: cut(text, TEXT_LENGTH),
    rest: rest.map(([name, value]) => [name, cut(value, TEXT_LENGTH)] as const),
  };
}

function toText({ headline, summary, findings, open, more }: Content): string {
  const told = findings.map(({ title, text, rest }) => [title, text, ...rest.map(([name, value]) => `${name}: ${value}`), ''].join('\n'));
  const unknown = open.length > 0 ? ['NOT KNOWN', ...open.map((line) => `- ${line}`), ''] : [];
  return [headline, '', ...summary, '', ...told, ...unknown, more].join('\n').trimEnd().concat('\n');
}

function toHtml({ headline, summary, findings, open, more }: Content): string {
  const told = findings.map(
    ({ title, text, rest }) =>
      markup`<h2>${title}</h2><p>${text}</p><p>${rest.map(([name, value]) => markup`<b>${name}:</b> ${value}<br>\n`)}</p>\n`,
  );
  const unknown = open.length > 0 && markup`<h2>Not known</h2><ul>${open.map((line) => markup`<li>${line}</li>\n`)}</ul>\n`;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${headline}</title></head>
<body><h1>${headline}</h1>
${summary.map((line) => markup`<p>${line}</p>\n`)}${told}${unknown}${more !== '' && markup`<p>${more}</p>`}
</body></html>
`.html;
}

/** One line of whole characters: whatever would break it, or a header, is written as an escape. */
function cut(text: string, length: number): string {
  const told = printable(text.toWellFormed());
  return told.length > length
    ? `${told
        .slice(0, length)
        .toWellFormed()
        .replace(/\ufffd$/, '')} … (cut)`
    : told;
}
