import assert from 'node:assert/strict';
import { catalog, services } from '../../src/catalog/catalog';
import {
  isService,
  type ApiResponse,
  type ChildDeclaration,
  type Collection,
  type Service,
} from '../../src/catalog/declaration';
import { listIn, rowsOf, type Row } from '../../src/cloud/rows';

/** These collections and all below them, parents first. */
export function collectionsIn(below: readonly ChildDeclaration[]): readonly Collection[] {
  return below.flatMap((each) =>
    isService(each)
      ? collectionsIn(each.collections)
      : [each, ...(each.displayNamesFrom ? [each.displayNamesFrom] : []), ...collectionsIn(each.children ?? [])],
  );
}

/** A collection of the catalog, by its ID. */
export function collectionOf(id: string): Collection {
  const found = collectionsIn(catalog).find((each) => each.id === id);
  if (!found) {
    throw new Error(`No collection ${id}`);
  }
  return found;
}

/** All rows of a response. */
export function rowsIn(collection: Collection, answer: ApiResponse): readonly Row[] {
  return rowsOf(collection, listIn(collection, answer), 0);
}

/** A service of the catalog, by its ID. */
export function serviceOf(id: string): Service {
  const service = services.find((each) => each.id === id);
  assert.ok(service);
  return service;
}
