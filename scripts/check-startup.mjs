// What the command line loads before it knows the command: no package but commander, and few files. Everything heavy
// is imported by the command that needs it, so that `--help` stays quick.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { report, root } from './source-files.mjs';

const entry = 'src/cli/main.ts';
const mostFiles = 60;

const problems = [];
const seen = new Set();
if (existsSync(join(root, entry))) visit(entry, []);
else problems.push(`${entry} does not exist`);
if (seen.size > mostFiles) problems.push(`${entry} loads ${seen.size} files; at most ${mostFiles}`);
report(problems);

function visit(file, path) {
  if (seen.has(file)) return;
  seen.add(file);
  const chain = [...path, file];
  for (const imported of staticImports(file)) {
    if (imported.startsWith('src/')) visit(imported, chain);
    else if (imported !== 'commander' && !imported.startsWith('node:')) {
      problems.push(`${[...chain, imported].join(' -> ')}: import it where it is used`);
    }
  }
}

/** Modules whose code runs when the file is loaded: no `import type`, no `import()`. */
function staticImports(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022);
  return source.statements
    .filter((node) => (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    .filter((node) => !(node.importClause?.isTypeOnly ?? node.isTypeOnly ?? false))
    .map(({ moduleSpecifier: { text } }) =>
      text.startsWith('.') ? relative(root, join(root, dirname(file), text)) : text,
    );
}
