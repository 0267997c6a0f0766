// The borders between the folders of src (`npm run check`): what each may import, and nothing else.

/**
 * By folder: the folders (or single files) whose values it may import, those of which it may import types only, and
 * npm packages. Every folder may import itself and errors.ts besides.
 */
const borders = {
  // Arithmetic: no domain word, no machine.
  math: { packages: ['ml-matrix'] },
  statistics: { values: ['math'] },
  interventions: { values: ['math'] },
  grammar: {},
  // The document between those who compute and those who show.
  result: { packages: ['zod'] },
  // Bytes and data.
  files: { values: ['math'], packages: ['hyparquet', 'hyparquet-writer'] },
  download: { values: ['files'], packages: ['zod'] },
  behaviours: { values: ['files'], types: ['dataset'], packages: ['zod'] },
  dataset: { values: ['behaviours', 'download', 'files', 'math'], types: ['engine'], packages: ['zod'] },
  prompts: {
    values: ['dataset', 'files', 'interventions', 'math'],
    types: ['engine'],
    packages: ['@huggingface/jinja'],
  },
  // The model. The engine takes prompts as plain data, and knows no behaviour, vector, score or run.
  llama: { packages: ['koffi'] },
  engine: { values: ['files', 'interventions', 'llama', 'math'], types: ['prompts'] },
  models: { values: ['download', 'engine', 'files', 'math'], packages: ['zod'] },
  vectors: {
    values: ['files', 'math', 'statistics'],
    types: ['dataset', 'engine', 'prompts'],
    packages: ['zod'],
  },
  // Measurements in, numbers out: a saved run is scored again with no model present.
  scores: { values: ['math', 'statistics'], types: ['dataset', 'engine', 'prompts', 'result'] },
  // The paper's own numbers.
  published: { packages: ['zod'] },
  // Texts in, numbers out, by way of somebody else's model.
  judge: {
    values: ['download/retry-after.ts', 'download/transfer-fault.ts', 'math'],
    packages: ['zod'],
  },
  // What is done with vectors, as a value: read, checked, resolved against a model.
  steering: {
    values: ['files', 'interventions', 'math', 'vectors'],
    types: ['engine', 'result'],
    packages: ['zod'],
  },
  // Conversations and texts in, steered answers out: shared by library, command line and server.
  answers: {
    values: ['behaviours', 'files', 'grammar', 'math', 'prompts', 'result', 'steering'],
    types: ['engine', 'vectors'],
    packages: ['zod'],
  },
  // The same over HTTP: OpenAI's routes, and what a server must refuse.
  server: {
    values: ['answers', 'engine', 'math', 'steering', 'vectors', 'version.ts'],
    types: ['prompts'],
    packages: ['hono', '@hono/node-server', 'zod'],
  },
  store: { values: ['files', 'result'], packages: ['zod'] },
  // Where all of it meets. From llama only the version, which stands in every plan.
  experiments: {
    values: [
      ...['behaviours', 'dataset', 'engine', 'files', 'interventions', 'judge', 'llama/library.ts', 'math'],
      ...['models', 'prompts', 'published', 'report', 'result', 'scores', 'statistics', 'store', 'vectors'],
      'version.ts',
    ],
    packages: ['zod'],
  },
  // Functions for other programs.
  library: {
    values: [
      ...['answers', 'behaviours', 'dataset', 'engine', 'experiments', 'interventions', 'models', 'prompts'],
      ...['result', 'scores', 'statistics', 'steering', 'vectors', 'version.ts'],
    ],
  },
  // Pictures and pages see the result document and nothing that could compute one.
  plots: { types: ['result'], packages: ['@observablehq/plot', 'linkedom'] },
  report: { values: ['plots', 'result'] },
  cli: {
    values: [
      ...['answers', 'behaviours', 'dataset', 'download', 'engine', 'experiments', 'files', 'interventions'],
      ...[
        'math',
        'models',
        'prompts',
        'report',
        'result',
        'scores',
        'server',
        'statistics',
        'steering',
        'store',
      ],
      ...['vectors', 'version.ts'],
    ],
    packages: ['commander'],
  },
};

/** Folders that run anywhere: no Node module. (tsconfig.pure.json refuses Node's types in most of them as well.) */
const pure = ['math', 'statistics', 'interventions', 'grammar', 'result', 'plots', 'scores'];

const folders = (names) => names.map((name) => `^src/${name}${name.endsWith('.ts') ? '$' : '/'}`);
const packagePaths = (names) => names.map((name) => `node_modules/${name}/`);

const rulesByFolder = Object.entries(borders).flatMap(
  ([folder, { values = [], types = [], packages = [] }]) => [
    {
      name: `${folder}-folders`,
      comment: `src/${folder} may import ${[...values, ...types, 'errors.ts'].join(', ')}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: ['^src/errors[.]ts$', ...folders([folder, ...values, ...types])] },
    },
    {
      name: `${folder}-packages`,
      comment: `src/${folder} may import ${packages.join(', ') || 'no package'}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: 'node_modules/', pathNot: ['node_modules/@types/node/', ...packagePaths(packages)] },
    },
    ...types.map((other) => ({
      name: `${folder}-types-of-${other}`,
      comment: `src/${folder} may import only types of src/${other}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: `^src/${other}/`, dependencyTypesNot: ['type-only'] },
    })),
  ],
);

module.exports = {
  forbidden: [
    ...rulesByFolder,
    {
      name: 'pure',
      comment: 'runs in a browser too: no Node module',
      severity: 'error',
      from: { path: folders(pure) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'known-folder',
      comment: 'a new folder needs its line in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: folders(Object.keys(borders)) },
      to: {},
    },
    {
      name: 'index-last',
      comment: 'src/index.ts is for users of the package',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index[.]ts$' },
    },
    {
      name: 'no-circles',
      comment: 'circles of types alone are allowed: they load nothing',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '[.]test[.]ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
