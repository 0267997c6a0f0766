import type { Study } from '../../src/result/study.ts';
import { pearson, spearman } from '../../src/statistics/correlation.ts';

type Relation = Study['relations'][number];
type Point = Relation['points'][number];
type Run = Study['runs'][number];
type Pieces = Pick<Study, 'models' | 'runs' | 'published'>;
type Cell = NonNullable<Run['result']['ood']>['cells'][number];
type Value = { value: number | null; low?: number | null; high?: number | null } | null | undefined;

const shifts = ['BASE->USER_NEG', 'BASE->USER_POS', 'SYS_POS->USER_NEG', 'SYS_NEG->USER_POS'];

/** The relations over datasets of a study, as docs of the study document name them. */
export function exampleRelations({ models, runs, published }: Pieces): Relation[] {
  const used = runs.filter(({ leftOut }) => leftOut === null);
  const of = (model: string) => used.filter((run) => run.model === model);
  const pairs = models.flatMap((a, k) => models.slice(k + 1).map((b) => [a.id, b.id] as const));
  const publishedBy = new Map(
    published.map(({ model, behaviour, quantity, value }) => [`${model} ${behaviour} ${quantity}`, value]),
  );

  const overShift = (
    figure: '5' | '6',
    field: 'mean' | 'variance',
    shift: string,
    model: Study['models'][number],
  ) => {
    const base = field === 'mean' ? 'id_mean' : 'id_var';
    const quantity = field === 'mean' ? shift : `var ${shift}`;
    const ours = of(model.id).map((run) =>
      point(run, '', cell(run, 'BASE->BASE')?.[field], cell(run, shift)?.[field]),
    );
    const theirs = of(model.id).map((run) => {
      const key = `${model.published} ${run.behaviour}`;
      const [x, y] = [publishedBy.get(`${key} ${base}`), publishedBy.get(`${key} ${quantity}`)];
      return x === undefined || y === undefined
        ? null
        : {
            behaviour: run.behaviour,
            model: model.published!,
            label: '',
            x,
            y,
            low: null,
            high: null,
            published: true,
          };
    });
    return relation(
      `${figure}/${shift}/${model.id}`,
      figure,
      `${field} steerability, BASE->BASE`,
      `${field} steerability, ${shift}`,
      [...ours, ...theirs.filter((entry) => entry !== null)],
    );
  };

  const overModels = (
    figure: string,
    field: 'mean' | 'variance',
    shift: string,
    a: string,
    b: string,
    id: string,
  ) =>
    relation(
      id,
      figure,
      `${field}, ${a}`,
      `${field}, ${b}`,
      of(a).map((run) => {
        const other = of(b).find(({ behaviour }) => behaviour === run.behaviour);
        return other === undefined
          ? null
          : point(run, '', cell(run, shift)?.[field], cell(other, shift)?.[field]);
      }),
    );

  const perModel = (
    id: string,
    figure: string,
    x: string,
    y: string,
    model: string,
    both: (run: Run) => [Value, Value],
  ) =>
    relation(
      `${id}/${model}`,
      figure,
      x,
      y,
      of(model).map((run) => point(run, '', ...both(run))),
    );

  return [
    ...shifts.flatMap((shift) =>
      models.flatMap((model) => [
        overShift('5', 'mean', shift, model),
        overShift('6', 'variance', shift, model),
      ]),
    ),
    ...pairs.flatMap(([a, b]) => [
      ...['BASE->BASE', 'SYS_POS->USER_NEG'].flatMap((shift) => [
        overModels('7', 'mean', shift, a, b, `7/${shift}/${a}~${b}`),
        overModels('21', 'variance', shift, a, b, `21/${shift}/${a}~${b}`),
      ]),
      overModels('23', 'mean', 'BASE->BASE', a, b, `23/${a}~${b}`),
    ]),
    ...models.flatMap(({ id: model, published: key }) => [
      ...['BASE->BASE', ...shifts].map((shift) =>
        perModel(`22/${shift}`, '22', 'mean', 'variance', model, (run) => [
          cell(run, shift)?.mean,
          cell(run, shift)?.variance,
        ]),
      ),
      relation(
        `8/${model}`,
        '8',
        'gap of unsteered propensity',
        'relative steerability',
        of(model).flatMap((run) =>
          (run.result.ood?.relative ?? [])
            .filter(({ self, gap }) => !self && gap !== null)
            .map(({ vector, setting, ratio, gap }) => point(run, `${vector}->${setting}`, gap, ratio)),
        ),
      ),
      relation(
        `24/${model}`,
        '24',
        'gap of mean unsteered propensity',
        'cosine',
        of(model).flatMap((run) =>
          (run.result.ood?.pairs ?? []).map(({ first, second, cosine, gap }) =>
            point(run, `${first}~${second}`, { value: gap }, { value: cosine }),
          ),
        ),
      ),
      perModel(
        'explained-anti',
        'ours',
        'explained share',
        'anti-steerable fraction',
        model,
        ({ result }) => [
          result.bias === null ? null : { value: 1 - result.bias.unexplained! },
          result.bias === null ? null : result.steerability?.antiSteerable,
        ],
      ),
      perModel('median-anti', 'ours', 'median slope', 'anti-steerable fraction', model, ({ result }) => [
        result.steerability?.median,
        result.steerability?.antiSteerable,
      ]),
      ...(['agreement', 'd-prime', 'roc-auc', 'overlap'] as const).flatMap((name) =>
        (['mean', 'anti'] as const).map((outcome) =>
          perModel(`predictor/${name}/${outcome}`, 'ours', name, outcome, model, ({ result }) => [
            {
              agreement: result.vector?.directionalAgreement,
              'd-prime': result.vector?.dPrime,
              'roc-auc': result.vector?.rocAuc,
              overlap: result.vector?.overlap,
            }[name],
            outcome === 'mean' ? result.steerability?.mean : result.steerability?.antiSteerable,
          ]),
        ),
      ),
      perModel('generation', 'ours', 'mean slope', 'effect in free text', model, ({ result }) => [
        result.steerability?.mean,
        result.generationCheck?.samplings[0]?.effect,
      ]),
      ...(key === null ? [] : ['id_mean', 'anti', ...shifts]).map((quantity) =>
        perModel(`published/${quantity}`, 'ours', 'published', 'this study', model, (run) => [
          { value: publishedBy.get(`${key} ${run.behaviour} ${quantity}`) ?? null },
          quantity === 'anti'
            ? run.result.steerability?.antiSteerable
            : quantity === 'id_mean'
              ? run.result.steerability?.mean
              : cell(run, quantity)?.mean,
        ]),
      ),
    ]),
  ];
}

function cell(run: Run, shift: string): Cell | undefined {
  const [vector, setting] = shift.split('->');
  return run.result.ood?.cells.find((entry) => entry.vector === vector && entry.setting === setting);
}

function point(run: Run, label: string, x: Value, y: Value): Point | null {
  if (x?.value == null || y?.value == null) return null;
  const { behaviour, model } = run;
  return {
    behaviour,
    model,
    label,
    x: x.value,
    y: y.value,
    low: y.low ?? null,
    high: y.high ?? null,
    published: false,
  };
}

function relation(id: string, figure: string, x: string, y: string, all: (Point | null)[]): Relation {
  const points = all.filter((entry) => entry !== null);
  const ours = points.filter(({ published }) => !published);
  const [xs, ys] = [ours.map((p) => p.x), ours.map((p) => p.y)];
  return {
    id,
    figure,
    x,
    y,
    spearman: spearman(xs, ys),
    pearson: pearson(xs, ys),
    leftOut: all.length - points.length,
    points,
  };
}
