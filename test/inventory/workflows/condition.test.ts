import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../src/inventory/workflows/condition.ts';

describe('what stands under a condition', () => {
  it.each<[string | undefined, Readonly<Record<string, string>>, string]>([
    [undefined, {}, 'always'],
    ["github.ref == 'refs/heads/main'", {}, 'always'],
    ["${{ success() && github.event_name != 'pull_request' }}", {}, 'always'],
    ["startsWith(github.ref, 'refs/tags/v')", {}, 'always'],
    ['github.event.pull_request.merged == true', {}, 'always'],
    ['false', {}, 'never'],
    ['${{ false }}', {}, 'never'],
    ["github.event_name == 'pull_request'", {}, 'never'],
    ["success() && github.event_name == 'pull_request'", {}, 'never'],
    ['inputs.build', { build: 'true' }, 'always'],
    ['inputs.build', { build: 'false' }, 'never'],
    ["inputs.environment == 'production'", { environment: 'production' }, 'always'],
    ["inputs.environment == 'production'", { environment: 'staging' }, 'never'],
    ['inputs.build', {}, 'open'],
    ['inputs.build', { build: '${{ matrix.build }}' }, 'open'],
    ["matrix.environment == 'staging'", {}, 'open'],
    ["github.event_name == 'pull_request' || inputs.force", {}, 'open'],
    ['steps.changes.outputs.api', {}, 'open'],
    ['failure()', {}, 'open'],
  ])('%s with %o', (text, given, condition) => {
    expect(conditionOf(text, given)).toBe(condition);
  });
});
