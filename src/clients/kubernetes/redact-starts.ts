import { redactCommand } from '../redact.ts';

type Starts = Readonly<{ command?: string[] | undefined; args?: string[] | undefined }>;

/** What starts a container, without credentials; the last word of a command may be a flag of the first argument. */
export function redactStarts({ command = [], args = [] }: Starts): Required<Starts> {
  const words = redactCommand([...command, ...args]);
  return { command: words.slice(0, command.length), args: words.slice(command.length) };
}
