import { dialectPolicies } from '../dialect/dialect-policy.js';
import { type Dialect } from '../dialect/dialect.js';
import { type Route, routes } from '../routes.js';
import { commonErrors, errorAnswer, errorAnswers } from './answers.js';
import { describeRoute } from './describe-routes.js';
import { pathParameters } from './parameters.js';
import { type Parameter, type RouteDescription } from './route-description.js';
import { schemas } from './schemas.js';

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>>; readonly responses: Readonly<Record<string, unknown>> };
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly requestBody?: object;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

const titles: Readonly<Record<Dialect, string>> = {
  'azure-v2': 'isocenter: Azure DICOM service, version 2',
  'azure-v1': 'isocenter: Azure DICOM service, version 1',
  'dicom-web': 'isocenter: DICOMweb',
};

/** First segment of the paths of each dialect. */
const rootOf: Readonly<Record<Dialect, string>> = { 'azure-v2': 'v2', 'azure-v1': 'v1', 'dicom-web': 'dicom-web' };

/** The OpenAPI 3.1 document of a dialect: its routes of the one table, below a partition too where they may stand there. */
export function makeApiDocument(dialect: Dialect): ApiDocument {
  const policy = dialectPolicies[dialect];
  const paths: Record<string, Record<string, Operation>> = {};
  const add = (path: string, route: Route, operation: Operation): void => {
    (paths[path] ??= {})[route.method.toLowerCase()] = operation;
  };
  for (const route of routes) {
    if (!route.dialects.includes(dialect)) continue;
    const description = describeRoute(route, policy);
    if (!description) continue;
    add(pathOf(route.path), route, operationOf(route, description, false));
    if (route.partitioned) add(pathOf(`/partitions/:partition${route.path}`), route, operationOf(route, description, true));
  }
  return {
    openapi: '3.1.1',
    info: {
      title: titles[dialect], version: rootOf[dialect],
      description: 'Literals of paths and names of query parameters match in any letter case. HEAD is answered where GET is, OPTIONS everywhere. An error is one sentence of text.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `../${rootOf[dialect]}`, description: 'Where this document is served.' }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      schemas,
      responses: errorAnswers,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key. The permission that an operation needs stands in its security; on the machine itself none is needed while no keys are configured.' } },
    },
  } as ApiDocument;
}

function pathOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}');
}

function operationOf(route: Route, { id, group, summary, description, parameters = [], body, answers, errors }: RouteDescription, inPartition: boolean): Operation {
  const inPath = [...(inPartition ? ['partition'] : []), ...[...route.path.matchAll(/:(\w+)|\*/g)].map(([whole, name]) => name ?? whole)];
  const responses = {
    ...Object.fromEntries([...commonErrors, ...errors].map((status) => [status, errorAnswer(status)])),
    ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, { ...answer, ...(answer.content && { content: contentOf(answer.content) }) }])),
  };
  return {
    operationId: inPartition ? `${id}InPartition` : id,
    tags: [group],
    summary,
    description: [description, `Needs the permission ${route.permission}.`].filter((text) => text !== undefined).join(' '),
    security: [{ apiKey: [route.permission] }],
    ...(inPath.length + parameters.length > 0 && { parameters: [...inPath.map(pathParameter), ...parameters] }),
    ...(body && { requestBody: { ...body, content: contentOf(body.content) } }),
    responses,
  };
}

function pathParameter(name: string): Parameter {
  const known = pathParameters[name];
  if (!known) throw new Error(`The path parameter :${name} has no description; add it to pathParameters in libs/http/src/api-document/parameters.ts.`);
  return { name: name === '*' ? 'path' : name, in: 'path', required: true, ...known };
}

function contentOf(content: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, Object.keys(schema).length > 0 ? { schema } : {}]));
}
