import { entriesOf, isNothing, textIn, textsOf } from './look-up.ts';
import { type Mistake, malformed, nameOf } from './mistake.ts';
import { redactExpressive } from './redact-expressive.ts';
import type { Tree } from './tree.ts';
import type { WorkflowFact } from './workflow-fact.ts';

type Trigger = WorkflowFact['triggers'][number];
type Input = NonNullable<WorkflowFact['inputs']>[number];

/** What starts a workflow, and what a person or a caller hands it then. */
export function readTriggers(on: Tree, mistakes: Mistake[]): { triggers: Trigger[]; inputs: Input[] } {
  if (on.is !== 'map') {
    const texts = on.is === 'list' ? on.items : [on];
    const events = texts.flatMap((item) => textsOf(item, 'on', mistakes).map((event) => ({ event, line: item.line })));
    return { triggers: events, inputs: [] };
  }
  const entries = [...entriesOf(on, 'on', mistakes)];
  return {
    triggers: entries.map(([event, how]) => triggerOf(event, how, mistakes)),
    inputs: entries.flatMap(([event, how]) => (how.is === 'map' ? inputsOf(event, how.entries.get('inputs'), mistakes) : [])),
  };
}

/** The times of a schedule are a list, and filter nothing. */
function triggerOf(event: string, how: Tree, mistakes: Mistake[]): Trigger {
  if (isNothing(how) || how.is === 'list') return { event, line: how.line };
  const filters = entriesOf(how, `on.${event}`, mistakes);
  const filter = (of: 'branches' | 'tags') => [
    ...textsOf(filters.get(of), of, mistakes),
    // What is ignored is said as GitHub says it within a filter: everything, but not this.
    ...textsOf(filters.get(`${of}-ignore`), `${of}-ignore`, mistakes).flatMap((pattern, nth) =>
      nth === 0 ? ['**', `!${pattern}`] : [`!${pattern}`],
    ),
  ];
  return { event, branches: filter('branches'), tags: filter('tags'), line: how.line };
}

/** What is handed over at an event, by name. */
export function inputsOf(event: string, tree: Tree | undefined, mistakes: Mistake[]): Input[] {
  return [...entriesOf(tree, 'inputs', mistakes)].flatMap(([name, input]) => {
    if (input.is === 'list' || (input.is === 'text' && input.text !== '')) {
      mistakes.push(malformed(input.line, `inputs.${nameOf(name)}: there is no map of keys and values`));
      return [];
    }
    const entries = entriesOf(input, `inputs.${name}`, mistakes);
    const type = textIn(entries, 'type', mistakes);
    const byDefault = textIn(entries, 'default', mistakes);
    return [
      {
        event,
        name,
        line: input.line,
        ...(type === undefined ? {} : { type }),
        options: [...textsOf(entries.get('options'), 'options', mistakes)],
        ...(byDefault === undefined ? {} : { default: redactExpressive(name, byDefault) }),
      },
    ];
  });
}
