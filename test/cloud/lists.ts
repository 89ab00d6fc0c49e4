import { projectsById, SAMPLE, type Project, type StandInOptions } from './data';
import { exampleRows, listNamed, served, type ListDocument, type Row } from './documented';
import { Random } from './random';
import { makeRow } from './rows';

/** A region, and the values of a call's path: the ID of a project and those of the rows above. */
export type Place = Readonly<Record<string, string>> & { readonly region: string };

/** The rows of a list, and the parts that make more of them. */
interface Made {
  rows: readonly Row[];
  readonly make: (random: Random, index: number) => Row;
  /** Whether {@link Lists.churn} leaves it alone. */
  readonly stays: boolean;
}

/** Where a row stands: its place in its list, and whether all rows above it, too, are the first of the first project. */
interface Standing {
  readonly index: number;
  readonly isHome: boolean;
}

const [home] = SAMPLE.projects;

/** The rows that the stand-in serves. A list is made when it is first asked for, the same one for the same seed. */
export class Lists {
  readonly #options: StandInOptions;
  readonly #seed: number;
  readonly #made = new Map<string, Made>();
  readonly #standing = new WeakMap<Row, Standing>();
  #churns = 0;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#seed = options.seed ?? 1;
  }

  /**
   * The rows of a list at a place. A text is the parameter whose row there is not. Rows that lists stand below stay as they
   * are in the first project: {@link churn} changes all the others.
   */
  rows(document: ListDocument, place: Place): readonly Row[] | string {
    const above = parentOf(document);
    if (!above) {
      return this.#top(document, place);
    }
    const { parameter, list, field } = above;
    const siblings = this.rows(list, place);
    if (typeof siblings === 'string') {
      return siblings;
    }
    const parent = siblings.find((row) => String(row[field]) === place[parameter]);
    const standing = parent && this.#standing.get(parent);
    if (!parent || !standing) {
      return parameter;
    }
    const isHome = standing.isHome && standing.index === 0;
    const name = `${document.document}/${place['project_id']}/${place[parameter]}`;
    return this.#list(name, document, this.#amountBelow(document, standing), isHome, isHome, place, parent);
  }

  /** The rows of a list that is there. */
  rowsOf(document: string, place: Place): readonly Row[] {
    const rows = this.rows(listNamed(document), place);
    if (typeof rows === 'string') {
      throw new Error(`No ${rows} for ${document}`);
    }
    return rows;
  }

  /** Replaces this number of rows in each list that was requested. */
  churn(rows: number): void {
    this.#churns += 1;
    for (const [name, made] of this.#made) {
      if (!made.stays) {
        const random = new Random(this.#seed, `${name}/${this.#churns}`);
        const changed = [...made.rows];
        const count = Math.min(rows, changed.length);
        for (let at = 0; at < count; at += 1) {
          changed.splice(random.integer(0, changed.length - 1), 1);
          changed.splice(random.integer(0, changed.length), 0, made.make(random, this.#churns));
        }
        made.rows = changed;
      }
    }
  }

  /** Makes all lists as they were at first. */
  reset(): void {
    this.#made.clear();
    this.#churns = 0;
  }

  #top(document: ListDocument, place: Place): readonly Row[] {
    const { scope, sample, document: id } = document;
    const projectId = place['project_id'] ?? '';
    const where = scope === 'region' ? place.region : (projectsById.get(projectId)?.name ?? '');
    const amounts = typeof sample?.rows === 'object' ? sample.rows : { [home.name]: 5 };
    const [first = ''] = Object.keys(amounts);
    const isSized = where === (sample?.sized ?? first);
    const amount = (isSized ? this.#options.rows?.[id] : undefined) ?? amounts[where] ?? 0;
    return this.#list(`${id}/${where}`, document, amount, where === first, where === home.name, place);
  }

  #amountBelow({ document, sample }: ListDocument, parent: Standing): number {
    if (parent.isHome && parent.index === 0) {
      return this.#options.rows?.[document] ?? (typeof sample?.rows === 'number' ? sample.rows : 5);
    }
    const others = sample?.others ?? [0];
    return others[parent.index % others.length] ?? 0;
  }

  #list(
    name: string,
    document: ListDocument,
    amount: number,
    withExamples: boolean,
    isHome: boolean,
    path: Place,
    parent?: Row,
  ): readonly Row[] {
    const known = this.#made.get(name);
    if (known) {
      return known.rows;
    }
    const examples = withExamples ? exampleRows(document.document) : [];
    const counted = Object.entries(document.fields).flatMap(([field, { counts }]) => (counts ? [[field, counts]] : []));
    const make = (random: Random, index: number, example?: Row): Row => {
      const standing = { index, isHome };
      const count = (below: string): number => this.#amountBelow(listNamed(below), standing);
      const row = example
        ? { ...example, ...Object.fromEntries(counted.map(([field = '', below = '']) => [field, count(below)])) }
        : makeRow(document, { random, index, path, count, ...(parent ? { parent } : {}) });
      this.#standing.set(row, standing);
      return row;
    };
    const random = new Random(this.#seed, name);
    const rows = Array.from({ length: amount }, (_, index) => make(random, index, examples[index]));
    const isParent = served.some((one) => parentOf(one)?.list === document);
    this.#made.set(name, { rows, make, stays: isParent && path['project_id'] === home.id });
    return rows;
  }
}

/** Where the sample has most rows of a list. `values` are those of the path. */
export function sampleOf(
  document: ListDocument,
  lists = new Lists({}),
): { readonly project: Project; readonly values: Place; readonly path: string } {
  const { rows, sized } = document.sample ?? {};
  const where = sized ?? (typeof rows === 'object' ? Object.keys(rows)[0] : undefined) ?? home.name;
  const project = SAMPLE.projects.find(({ name }) => name === where) ?? home;
  let values: Place = { region: project.region, project_id: project.id };
  for (const [name, { of }] of Object.entries(document.parameters)) {
    if (of !== undefined) {
      const [list = '', field = ''] = of.split('.');
      values = { ...values, [name]: String(lists.rowsOf(list, values)[0]?.[field]) };
    }
  }
  const path = document.call.slice('GET '.length).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  return { project, values, path: `/${document.service}/${project.region}${path}` };
}

/** The list whose rows a list stands below, the field that has their ID, and the parameter that carries it. */
export function parentOf({
  parameters,
}: ListDocument): { readonly parameter: string; readonly list: ListDocument; readonly field: string } | undefined {
  const [parameter, found] = Object.entries(parameters).findLast(([, { of }]) => of !== undefined) ?? [];
  const [list = '', field = ''] = found?.of?.split('.') ?? [];
  return parameter === undefined ? undefined : { parameter, list: listNamed(list), field };
}
