import { type DialectPolicy } from '../dialect/dialect-policy.js';

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly style?: 'form' | 'simple';
  readonly explode?: boolean;
}

export interface Answer {
  readonly description: string;
  /** Schema by media type; absent: no body. */
  readonly content?: Readonly<Record<string, Schema>>;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema; readonly required?: boolean }>>;
}

export interface Body {
  readonly description: string;
  readonly required: boolean;
  readonly content: Readonly<Record<string, Schema>>;
}

/** What a client must know of a route beside what the route table says. */
export interface RouteDescription {
  /** In camel case, unlike all others: code generators name their methods by it. */
  readonly id: string;
  readonly group: 'Store' | 'Search' | 'Retrieve' | 'Delete' | 'Change feed' | 'Webhooks' | 'Partitions' | 'Extended query tags' | 'Operations' | 'Bulk update' | 'Export' | 'Import';
  /** One line that begins with a verb. */
  readonly summary: string;
  readonly description?: string;
  /** Of query and header; those of the path stand in `pathParameters`. */
  readonly parameters?: readonly Parameter[];
  readonly body?: Body;
  /** By status, below 400, and those errors whose body is more than a sentence. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses beside those that every route may answer (`answers.ts`). */
  readonly errors: readonly number[];
}

/** What is true of the route in one dialect. */
export type Describe = (policy: DialectPolicy) => RouteDescription;

/** Descriptions by method and path, as the route table spells them: `GET /studies/:study`. */
export type Descriptions = Readonly<Record<string, Describe>>;
