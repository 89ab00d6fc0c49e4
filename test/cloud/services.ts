import { Hono } from 'hono';
import { notPublished, reply, userFor, type Asked, type Cloud, type Surroundings } from './answers';
import { sampleRegions } from './data';
import {
  regionsOf,
  served,
  type DocumentedAnswer,
  type DocumentedFilter,
  type ListDocument,
  type Parameter,
  type Row,
} from './documented';

/** Where a service is offered: in the regions of its hosts in which the sample has projects with keys. */
const offered = new Map(
  served.map(({ service }) => [service, sampleRegions.filter((region) => regionsOf(service).includes(region))]),
);

/** Every list that has a document, below `/{service}/{region}`, as its document says. */
export function serviceRoutes(cloud: Cloud): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  for (const document of served) {
    const path = document.call.slice('GET '.length).replace(/\{(\w+)\}/g, ':$1');
    routes.get(`/${document.service}/:region${path}`, (asked) => answer(cloud, document, asked));
  }
  return routes;
}

function answer(cloud: Cloud, document: ListDocument, asked: Asked): Response {
  const { region = '', ...path } = asked.req.param() as Readonly<Record<string, string>>;
  if (offered.get(document.service)?.includes(region) !== true) {
    return notPublished(asked);
  }
  const user = userFor(cloud, asked, region, path['project_id']);
  if (user === undefined) {
    return refuse(document, asked, 401);
  }
  if (!user.allowed && document.sample?.restricted) {
    return refuse(document, asked, 403);
  }
  const rows = cloud.lists.rows(document, { ...path, region });
  if (typeof rows === 'string') {
    return refuse(document, asked, 404, rows, path[rows]);
  }
  const query = (name: string): string | undefined => asked.req.query(name);
  const wrong = Object.keys(document.parameters).find((name) => !isValid(document.parameters[name], query(name)));
  if (wrong !== undefined) {
    return refuse(document, asked, 400, wrong, wrong);
  }
  const matching = document.filters.reduce((left, filter) => filtered(left, filter, query), rows);
  return reply(200, body(cloud, document, matching, page(document, matching, query)));
}

/** Whether a query has a parameter in its range, or not at all. */
function isValid(parameter: Parameter | undefined, text: string | undefined): boolean {
  const { type, min = -Infinity, max = Infinity } = parameter ?? { type: 'String' };
  if (text === undefined || parameter?.in === 'path') {
    return true;
  }
  const size = type === 'String' ? text.length : /^[+-]?\d{1,15}$/.test(text) ? Number(text) : NaN;
  return size >= min && size <= max;
}

function page(
  { paging, parameters, answer: fields }: ListDocument,
  rows: readonly Row[],
  query: (name: string) => string | undefined,
): readonly Row[] {
  if (paging.kind === 'none') {
    return rows;
  }
  const { start, size } = paging;
  const most = Object.values(fields).find(({ is }) => is === 'rows')?.maxItems ?? Infinity;
  const from = Math.max(0, Number(query(start) ?? parameters[start]?.default ?? 0));
  const count = Number(query(size) ?? parameters[size]?.default ?? most);
  return rows.slice(from, from + Math.min(count, most));
}

function body(cloud: Cloud, document: ListDocument, all: readonly Row[], some: readonly Row[]): object {
  // Some examples lack their total, though it is documented.
  const printed = document.answers.find(({ status }) => status === 200)?.body ?? {};
  const values = Object.entries(document.answer).map(([name, { is, max = Infinity }]) => [
    name,
    is === 'rows'
      ? some
      : is === 'size'
        ? some.length
        : cloud.options.omitTotal && !(name in printed)
          ? undefined
          : Math.min(all.length, max),
  ]);
  return Object.fromEntries(values);
}

/** The rows that a filter lets through. */
function filtered(
  rows: readonly Row[],
  { parameter, field, match, exact = {} }: DocumentedFilter,
  query: (name: string) => string | undefined,
): readonly Row[] {
  const text = query(parameter);
  if (text === undefined || text === '') {
    return rows;
  }
  const isExact =
    match !== 'contains' || Object.entries(exact).some(([name, value]) => query(name)?.split(',').includes(value));
  const wanted = text.toLowerCase();
  return rows.filter((row) => {
    const value = String(row[field]);
    return isExact ? value === text : value.toLowerCase().includes(wanted);
  });
}

/**
 * A documented error.
 * @param parameter the parameter that the error names; the first such error of the service is taken
 * @param text replaces the example's name or value
 */
function refuse(document: ListDocument, asked: Asked, status: number, parameter?: string, text = ''): Response {
  const errors = [document, ...served.filter(({ service }) => service === document.service)].flatMap(
    (one): readonly DocumentedAnswer[] => one.answers.filter((each) => each.status === status),
  );
  const error = errors.find(({ about }) => status !== 404 || about?.parameter === parameter) ?? errors[0];
  const example = error?.about?.text ?? error?.about?.parameter ?? '';
  const fields = Object.entries(error?.body ?? {}).map(([name, value]: [string, unknown]) => [
    name,
    name === 'request_id'
      ? asked.get('requestId')
      : typeof value === 'string' && example !== ''
        ? value.replace(example, text)
        : value,
  ]);
  return reply(status, Object.fromEntries(fields));
}
