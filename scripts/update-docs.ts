// Writes the program's own help into the docs, between their markers, and plinth.schema.json: `npm run docs` (after a build).
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DOCS_BLOCKS, renderSchemaFile } from './docs-blocks.js';

const readHelp = (command: string): string =>
  execFileSync(process.execPath, ['dist/cli.cjs', ...command.split(' '), '--help'].filter(Boolean), {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  }).trimEnd();

const readExitCodes = (): string[] =>
  [
    ...readHelp('')
      .split('Exit codes:\n')[1]!
      .matchAll(/^ +(\d+) {2}(.*)$/gm),
  ].map(([, code, text]) => `| ${code} | ${text} |`);

writeFileSync('plinth.schema.json', renderSchemaFile());
const documents = readdirSync('docs').filter((name) => name.endsWith('.md'));
for (const name of ['README.md', ...documents.map((document) => `docs/${document}`)]) {
  let text = readFileSync(name, 'utf8')
    .replace(
      /(<!-- help: ?(.*?) ?-->\n)[\s\S]*?(<!-- \/help -->)/g,
      (_, start, command, end) => `${start}\`\`\`text\n${readHelp(command)}\n\`\`\`\n${end}`,
    )
    .replace(
      /(<!-- exit-codes -->\n)[\s\S]*?(<!-- \/exit-codes -->)/g,
      (_, start, end) => `${start}| code | meaning |\n|---|---|\n${readExitCodes().join('\n')}\n${end}`,
    );
  for (const [block, render] of Object.entries(DOCS_BLOCKS)) {
    text = text.replace(
      new RegExp(`(<!-- ${block} -->\\n)[\\s\\S]*?(<!-- /${block} -->)`, 'g'),
      (_, start, end) => `${start}${render()}\n${end}`,
    );
  }
  if (text !== readFileSync(name, 'utf8')) writeFileSync(name, text);
}
