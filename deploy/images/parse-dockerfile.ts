/** One build step of a stage. */
export type Step =
  | { readonly kind: 'run'; readonly command: string }
  /** `from`: the stage; absent: the build context. */
  | { readonly kind: 'copy'; readonly from: string | undefined; readonly sources: readonly string[]; readonly target: string }
  | { readonly kind: 'workdir'; readonly path: string };

/** A stage with what it has of its own and what it inherits from the stage that it builds on. */
export interface Stage {
  readonly name: string;
  /** The stage or the image that it builds on. */
  readonly base: string;
  readonly steps: readonly Step[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly volumes: readonly string[];
  readonly stopSignal: string | undefined;
  readonly healthcheck: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** Default values of the ARGs; of two with a name the last. */
export function argumentsOf(dockerfile: string): Readonly<Record<string, string>> {
  return Object.fromEntries(instructionsOf(dockerfile).filter(([word]) => word === 'ARG').map(([, rest]) => pairOf(rest)));
}

/** The stages by their names, in order. Throws on an instruction that is not known here. */
export function parseDockerfile(dockerfile: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  const args = argumentsOf(dockerfile);
  for (const [word, rest] of instructionsOf(dockerfile)) {
    if (word === 'FROM') {
      const [base = '', , name = ''] = rest.replace(/\$\{(\w+)\}/g, (_, arg: string) => args[arg] ?? '').split(/\s+/);
      stage = { ...(stages.get(base) ?? nothing), name, base, steps: stages.get(base)?.steps ?? [] };
    } else if (stage) stage = withInstruction(stage, word, rest);
    if (stage) stages.set(stage.name, stage);
  }
  return stages;
}

const nothing = { env: {}, user: undefined, volumes: [], stopSignal: undefined, healthcheck: [], entrypoint: [], command: [] };

function withInstruction(stage: Stage, word: string, rest: string): Stage {
  switch (word) {
    case 'RUN': return { ...stage, steps: [...stage.steps, { kind: 'run', command: rest.replace(/^(--mount=\S+\s+)+/, '') }] };
    case 'COPY': return { ...stage, steps: [...stage.steps, copyOf(rest)] };
    case 'WORKDIR': return { ...stage, steps: [...stage.steps, { kind: 'workdir', path: rest }] };
    case 'ENV': return { ...stage, env: { ...stage.env, ...Object.fromEntries(rest.split(/\s+/).map(pairOf)) } };
    case 'USER': return { ...stage, user: rest };
    case 'VOLUME': return { ...stage, volumes: [...stage.volumes, rest] };
    case 'STOPSIGNAL': return { ...stage, stopSignal: rest };
    case 'HEALTHCHECK': return { ...stage, healthcheck: JSON.parse(rest.slice(rest.indexOf('['))) as string[] };
    case 'ENTRYPOINT': return { ...stage, entrypoint: JSON.parse(rest) as string[] };
    case 'CMD': return { ...stage, command: JSON.parse(rest) as string[] };
    case 'ARG':
    case 'LABEL':
    case 'EXPOSE': return stage;
    default: throw new Error(`The Dockerfile has the instruction ${word}, which this reader does not know.`);
  }
}

function copyOf(rest: string): Step {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { kind: 'copy', from, sources: paths.slice(0, -1), target: paths.at(-1)! };
}

/** [word, rest] of each instruction, continued lines joined. */
function instructionsOf(dockerfile: string): [string, string][] {
  const lines = dockerfile.split('\n').filter((line) => !/^\s*(#|$)/.test(line)).join('\n').replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()]);
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).replace(/^"(.*)"$/, '$1')];
}
