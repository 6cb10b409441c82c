import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../src/inventory/workflows/commands.ts';

const told = (script: string) => commandsOf(script).map((command) => command.join(' '));

describe('the commands of a script', () => {
  it.each<[string, string, readonly string[]]>([
    ['lines', 'docker build .\ndocker push x', ['docker build .', 'docker push x']],
    ['lists and pipes', 'a && b || c; d | e &', ['a', 'b', 'c', 'd', 'e']],
    ['a failure that is passed over', 'npm test || true; b || c', ['npm test || true', 'b', 'c']],
    ['a continued line', 'docker build \\\n  --push \\\r\n  .', ['docker build --push .']],
    ['comments', '# docker build .\nnpm test # docker push', ['npm test']],
    ['a hash within a word', 'curl https://x.test/#top', ['curl https://x.test/#top']],
    ['single quotes', "echo 'docker build . && docker push x'", ['echo docker build . && docker push x']],
    ['what double quotes substitute', 'X="$(docker build -q .)"', ['docker build -q .']],
    ['what is substituted', 'DIGEST=$(crane digest x) helm upgrade y', ['crane digest x', 'helm upgrade y']],
    [
      'what is handed to a shell',
      'bash -c "docker build . && docker push x"',
      ['bash -c docker build . && docker push x', 'docker build .', 'docker push x'],
    ],
    ['what is run elsewhere', 'ssh web1 "docker pull x"', ['ssh web1 docker pull x', 'docker pull x']],
    ['an expression as one word', 'kubectl set image x app=y:${{ a && b || c }}', ['kubectl set image x app=y:${{ a && b || c }}']],
    ['what stands before a command', 'if sudo FOO=1 docker build .; then', ['docker build .']],
    ['a here-document', 'cat <<EOF > x\ndocker build .\nEOF\nnpm test', ['cat <<EOF > x', 'npm test']],
    ['a here-document that never ends', 'cat <<EOF\ndocker build .', ['cat <<EOF']],
    ['quotes that never close', 'echo "docker build .', ['echo docker build .']],
  ])('are told from %s', (_, script, commands) => {
    expect(told(script)).toEqual(commands);
  });

  it('are found in time that grows with the script, whatever it is', () => {
    const signs = fc.constantFrom("'", '"', '$(', ')', '`', '\\', '\n', ' ', '<<', 'EOF', '${{', '}}', '#', '&&', 'a', 'bash -c ');
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 400 }), (parts) => {
        const started = performance.now();

        commandsOf(parts.join(''));

        expect(performance.now() - started).toBeLessThan(250);
      }),
    );
  });

  it('are found in a script of a megabyte', () => {
    const script = 'echo "$(x "$(y'.repeat(70_000);
    const started = performance.now();

    commandsOf(script);

    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
