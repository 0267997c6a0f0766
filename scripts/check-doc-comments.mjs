// Every exported declaration of src, and every public method of an exported class, has a doc comment whose first
// paragraph is a sentence. Methods that an interface of the project declares are documented there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { report, root, sourceFiles } from './source-files.mjs';

const sources = sourceFiles(['src'])
  .filter((file) => /[.]tsx?$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) =>
    ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true),
  );
const interfaces = new Map(
  sources.flatMap((source) =>
    source.statements
      .filter(ts.isInterfaceDeclaration)
      .map((node) => [node.name.text, new Set(node.members.map((member) => member.name?.getText()))]),
  ),
);
report(sources.flatMap((source) => exportedNodes(source).flatMap((node) => faults(source, node))));

/** Statements that export, and those whose names an `export { … }` of the same file lists. */
function exportedNodes(source) {
  const listed = new Set(
    source.statements
      .filter((node) => ts.isExportDeclaration(node) && !node.moduleSpecifier && node.exportClause)
      .flatMap((node) =>
        node.exportClause.elements.map(({ propertyName, name }) => (propertyName ?? name).text),
      ),
  );
  const declared = source.statements.filter(
    (node) => isExported(node) || namesOf(node).some((name) => listed.has(name)),
  );
  return firstOfEachOverload(declared);
}

function firstOfEachOverload(nodes) {
  return nodes.filter(
    (node, i) =>
      !ts.isFunctionDeclaration(node) ||
      nodes.findIndex((other) => ts.isFunctionDeclaration(other) && other.name?.text === node.name?.text) ===
        i,
  );
}

function isExported(node) {
  return ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node, kind) {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false;
}

function namesOf(node) {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => name.getText());
  return node.name === undefined ? [] : [node.name.getText()];
}

function faults(source, node) {
  const own = fault(source, node, namesOf(node).join(', ') || 'default');
  const methods = ts.isClassDeclaration(node) ? publicMethods(node) : [];
  return [
    ...own,
    ...methods.flatMap((method) => fault(source, method, `${node.name?.text}.${method.name.getText()}`)),
  ];
}

function publicMethods(node) {
  const declared = new Set(
    (node.heritageClauses ?? [])
      .flatMap(({ types }) => types)
      .flatMap(({ expression }) => [...(interfaces.get(expression.getText()) ?? [])]),
  );
  return node.members.filter(
    (member) =>
      ts.isMethodDeclaration(member) &&
      !ts.isPrivateIdentifier(member.name) &&
      !ts.isComputedPropertyName(member.name) &&
      !hasModifier(member, ts.SyntaxKind.PrivateKeyword) &&
      !hasModifier(member, ts.SyntaxKind.ProtectedKeyword) &&
      !hasModifier(member, ts.SyntaxKind.OverrideKeyword) &&
      !declared.has(member.name.getText()),
  );
}

function fault(source, node, name) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  const place = `${source.fileName}:${line + 1}: ${name}`;
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  if (comment === undefined) return [`${place} has no doc comment`];
  const first = (ts.getTextOfJSDocComment(comment.comment) ?? '').split(/\n\s*\n/)[0].trim();
  // A list may take the place of the full stop.
  if (/:\n *- /.test(first)) return [];
  if (first === '') return [`${place} has a doc comment without a sentence`];
  return /[.?][)”"'`]*$/.test(first)
    ? []
    : [`${place}: the first paragraph of its doc comment ends without a full stop`];
}
