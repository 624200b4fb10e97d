/**
 * Completions for the shells, as scripts that start nothing at a TAB.
 *
 * @module
 */
import type { OptionWords, ValueWords, VerbWords } from "./completion_words.ts";

/** Writes the script for one shell. */
export type ScriptOf = (verbs: readonly VerbWords[]) => string;

/** Shells that can be completed for. */
export const completionScripts: Readonly<Record<string, ScriptOf>> = { bash, zsh, fish };

const namesOf = ({ long, short }: OptionWords) =>
  [long, short].filter((name): name is string => name !== undefined);

/** What is typed after `flyball` itself. */
const ownWords = ["help", "--help", "--version"];

function bash(verbs: readonly VerbWords[]): string {
  const names = verbs.map(({ verb }) => verb);
  return `# bash completion for flyball: source <(flyball completions bash)
_flyball() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} verb= words= i
  # Bash takes --flag=value for three words.
  [[ $cur == = ]] && cur=
  [[ $prev == = ]] && prev=\${COMP_WORDS[COMP_CWORD - 2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    # What follows -- belongs to another program.
    [[ \${COMP_WORDS[i]} == -- ]] && return
    [[ -z $verb && \${COMP_WORDS[i]} != -* ]] && verb=\${COMP_WORDS[i]}
  done
  COMPREPLY=()
  case $verb in
  '') words='${[...names, ...ownWords].join(" ")}' ;;
  help) words='${names.join(" ")}' ;;
${verbs.map(bashVerb).join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o bashdefault -o default -F _flyball flyball
`;
}

function bashVerb({ verb, options, words }: VerbWords): string {
  const taking = options.filter(({ value }) => value !== null && !value.isOptional);
  const known = Map.groupBy(taking, ({ value }) => bashValue(value!));
  const cases = [...known].map(([answer, options]) =>
    `    ${options.flatMap(namesOf).join(" | ")}) ${answer} ;;\n`
  );
  const all = [...words, ...options.flatMap(namesOf)].join(" ");
  const after = cases.length === 0 ? "" : `    case $prev in\n${cases.join("")}    esac\n`;
  return `  ${verb})\n${after}    words='${all}'\n    ;;`;
}

/** Where nothing is found bash offers files. */
function bashValue({ choices, kind }: ValueWords): string {
  const offer = (what: string) => `mapfile -t COMPREPLY < <(compgen ${what} -- "$cur") && return`;
  if (choices.length > 0) return offer(`-W '${choices.join(" ")}'`);
  return kind === "folder" ? offer("-d") : "return";
}

function zsh(verbs: readonly VerbWords[]): string {
  const named = verbs.map(({ verb, says }) => `    ${inQuotes(`${verb}:${says}`)}`);
  return `#compdef flyball
# zsh completion for flyball: source <(flyball completions zsh)
_flyball() {
  local -a verbs
  verbs=(
${named.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe -t verbs verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
  help) _describe -t verbs verb verbs ;;
${verbs.map(zshVerb).join("\n")}
  esac
}
if [[ $funcstack[1] == _flyball ]]; then _flyball "$@"; else compdef _flyball flyball; fi
`;
}

function zshVerb({ verb, options, words }: VerbWords): string {
  const specs = options.flatMap((option) =>
    namesOf(option).map((name) => inQuotes(`*${name}${zshText(option)}${zshValue(option.value)}`))
  );
  const rest = words.length > 0 ? `*:what:(${words.join(" ")})` : "*:argument:_files";
  return `  ${verb})\n    _arguments ${[...specs, inQuotes(rest)].join(" \\\n      ")}\n    ;;`;
}

const zshText = ({ says }: OptionWords) => `[${says.replaceAll(/[[\]\\:]/g, "\\$&")}]`;

function zshValue(value: ValueWords | null): string {
  if (value === null) return "";
  const { name, choices, kind, isOptional } = value;
  const files = kind === "folder" ? "_files -/" : kind === "file" ? "_files" : " ";
  const what = choices.length > 0 ? `(${choices.join(" ")})` : files;
  return `${isOptional ? "::" : ":"}${name.replaceAll(/[:\\]/g, "\\$&")}:${what}`;
}

/** Safe for zsh and for sh alike. */
const inQuotes = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function fish(verbs: readonly VerbWords[]): string {
  const own = verbs.map(({ verb, says }) =>
    `complete -c flyball -n __fish_use_subcommand -a ${verb} -d ${inFishQuotes(says)}`
  );
  return `# fish completion for flyball: flyball completions fish | source
complete -c flyball -f
complete -c flyball -n __fish_use_subcommand -a help -d 'display help'
complete -c flyball -n __fish_use_subcommand -s h -l help -d 'display help'
complete -c flyball -n __fish_use_subcommand -s V -l version -d 'output the version number'
${own.join("\n")}
${verbs.flatMap(fishVerb).join("\n")}
`;
}

function fishVerb({ verb, options, words }: VerbWords): string[] {
  const begin = `complete -c flyball -n '__fish_seen_subcommand_from ${verb}'`;
  const arguments_ = words.length > 0 ? [`${begin} -a ${inFishQuotes(words.join(" "))}`] : [];
  return [
    ...arguments_,
    ...options.map(({ long, short, says, value }) =>
      [
        begin,
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
        ...fishValue(value),
        `-d ${inFishQuotes(says)}`,
      ].join(" ")
    ),
  ];
}

function fishValue(value: ValueWords | null): string[] {
  if (value === null || value.isOptional) return [];
  const { choices, kind } = value;
  if (choices.length > 0) return [`-x -a ${inFishQuotes(choices.join(" "))}`];
  if (kind === "folder") return ["-x -a '(__fish_complete_directories)'"];
  return kind === "file" ? ["-r -F"] : ["-x"];
}

const inFishQuotes = (text: string) => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
