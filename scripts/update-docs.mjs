// Writes the program's own help into the docs, between their markers: `npm run docs` (after a build).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

const readHelp = (command) =>
  execFileSync(
    process.execPath,
    [new URL('dist/cli.js', root).pathname, ...command.split(' '), '--help'].filter(Boolean),
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    },
  ).trimEnd();

const readExitCodes = () =>
  [
    ...readHelp('')
      .split('Exit codes:\n')[1]
      .matchAll(/^ +(\d+) {2}(.*)$/gm),
  ].map(([, code, text]) => `| ${code} | ${text} |`);

for (const name of ['docs/cli.md', 'README.md']) {
  const file = new URL(name, root);
  const text = readFileSync(file, 'utf8')
    .replace(
      /(<!-- help: ?(.*?) ?-->\n)[\s\S]*?(<!-- \/help -->)/g,
      (_, start, command, end) => `${start}\`\`\`text\n${readHelp(command)}\n\`\`\`\n${end}`,
    )
    .replace(
      /(<!-- exit-codes -->\n)[\s\S]*?(<!-- \/exit-codes -->)/g,
      (_, start, end) => `${start}| code | meaning |\n|---|---|\n${readExitCodes().join('\n')}\n${end}`,
    );
  writeFileSync(file, text);
}
