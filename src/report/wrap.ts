/** The text broken at spaces to lines of at most `width` columns; a longer word keeps a line of its own, whole. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** The text folded to lines of at most `width` columns, after a slash or a space where there is one, so that names stay readable in a narrow column. */
export function fold(text: string, width: number): string {
  const parts = text.split(/(?<=[/ ])/).flatMap((part) => part.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'gu')) ?? []);
  const lines: string[] = [''];
  for (const part of parts) {
    const line = lines.at(-1) ?? '';
    if (line.length + part.trimEnd().length > width) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
