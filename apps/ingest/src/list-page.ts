import type { ListedObject, ObjectStore } from '@isocenter/object-store';

/** The first objects behind a key, at most so many, in the order of their keys; fewer: there are no more. */
export async function listPage(objects: ObjectStore, most: number, { prefix = '', after }: { readonly prefix?: string; readonly after?: string } = {}): Promise<ListedObject[]> {
  const page: ListedObject[] = [];
  for await (const object of objects.list(prefix, after)) {
    page.push(object);
    if (page.length === most) break;
  }
  return page;
}
