import { redactCommand, redactRecord, redactText, redactValue } from '../redact.ts';
import type { Content } from './content.ts';

/** Content as it may be recorded: no value in it looks like a credential. Numbers follow the order of the calls. */
export function redactContent(content: Content): Content {
  if (content.kind !== 'config') return { ...content, annotations: redactRecord(content.annotations ?? {}) };
  const { runtime, history = [], labels = {} } = content;
  return {
    ...content,
    runtime: {
      ...runtime,
      env: (runtime.env ?? []).map(redactVariable),
      entrypoint: redactCommand(runtime.entrypoint ?? []),
      cmd: redactCommand(runtime.cmd ?? []),
      shell: redactCommand(runtime.shell ?? []),
    },
    labels: redactRecord(labels),
    history: history.map(({ createdBy = '', empty }) => ({ createdBy: redactText(createdBy), empty })),
  };
}

function redactVariable(variable: string): string {
  const split = variable.indexOf('=');
  if (split < 0) return redactText(variable);
  const name = variable.slice(0, split);
  return `${name}=${redactValue(name, variable.slice(split + 1))}`;
}
