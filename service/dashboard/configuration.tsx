/**
 * The configuration in force: what differs, what was changed when and by whom, and a live edit.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { ConfigChange, ConfigVersion, ConfigView } from "../../messages/config.ts";
import { exchange, type Problem } from "./api.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { type Leaf, leavesOf, patchOf } from "./config_leaves.ts";
import { tell } from "./job_actions.tsx";
import { Answer, Panel, Trouble, View } from "./panel.tsx";
import { isReadOnly } from "./session.ts";
import { Table } from "./table.tsx";

/** The view. */
export function ConfigurationView() {
  const answer = useAsked<ConfigView>("config", 3_000);
  return (
    <View title="Configuration" lead="What is in force now, every default included.">
      <Answer of={answer}>
        {(view) => (
          <>
            {view.differs.length > 0 && (
              <Panel title="Not as it was loaded">
                <Changes of={view.differs} />
              </Panel>
            )}
            <Values view={view} onDone={answer.again} />
            <Panel title="Versions, the latest first" class="prose">
              <Versions of={view.versions} />
            </Panel>
          </>
        )}
      </Answer>
    </View>
  );
}

const Changes = ({ of }: { readonly of: readonly ConfigChange[] }) => (
  <ul class="evidence">
    {of.map(({ key, words, live }) => (
      <li key={key}>
        <code>{key}</code> {words} {!live && <Badge state="waits for a restart" tone="warn" />}
      </li>
    ))}
  </ul>
);

interface ValuesProps {
  readonly view: ConfigView;
  readonly onDone: () => void;
}

/** Every value by its key; those that are heeded at once can be edited where nothing forbids it. */
function Values({ view, onDone }: ValuesProps) {
  const [search, setSearch] = useState("");
  const [edited, setEdited] = useState<string | null>(null);
  const leaves = leavesOf(view).filter(({ key }) =>
    key.toLowerCase().includes(search.toLowerCase())
  );
  const done = () => {
    setEdited(null);
    onDone();
  };
  const value = (leaf: Leaf) =>
    leaf.key === edited
      ? <Editor leaf={leaf} etag={view.etag} onDone={done} onClose={() => setEdited(null)} />
      : <code>{JSON.stringify(leaf.value)}</code>;
  return (
    <Panel
      class="prose"
      title={`Version ${view.version}`}
      tools={
        <input
          type="search"
          aria-label="Search keys"
          placeholder="Search keys"
          onInput={(e) => setSearch(e.currentTarget.value)}
        />
      }
    >
      <Table<Leaf>
        name="Values"
        rows={leaves}
        keyOf={({ key }) => key}
        empty="No key is like that."
        columns={(as) => [
          as.text("Key", ({ key }) => <code>{key}</code>),
          as.wide("Value", value),
          as.text("Heeded", ({ isLive }) => isLive ? "at once" : "after a restart"),
          as.number("", ({ key, isLive }) =>
            isLive && !isReadOnly.value && key !== edited && (
              <button
                type="button"
                aria-label={`Edit ${key}`}
                onClick={() => setEdited(key)}
              >
                Edit
              </button>
            )),
        ]}
      />
    </Panel>
  );
}

interface EditorProps {
  readonly leaf: Leaf;
  readonly etag: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Changes one value, of the version that is seen; another one in the meantime is told. */
function Editor({ leaf: { key, value }, etag, onDone, onClose }: EditorProps) {
  const [seen] = useState(etag);
  const [wrong, setWrong] = useState<string | null>(null);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get("set"));
    try {
      await exchange("PATCH", "config", patchOf(key, text), { "if-match": seen });
      tell(`${key} is changed`);
      onDone();
    } catch (error) {
      setWrong((error as Problem).message);
    }
  };
  return (
    <form class="filters" onSubmit={save}>
      <input
        name="set"
        aria-label={`Value of ${key}`}
        defaultValue={typeof value === "string" ? value : JSON.stringify(value)}
        spellcheck={false}
        autofocus
      />
      <button type="submit" class="primary">Save</button>
      <button type="button" onClick={onClose}>Cancel</button>
      {wrong && <Trouble>{wrong}</Trouble>}
    </form>
  );
}

const Versions = ({ of }: { readonly of: readonly ConfigVersion[] }) => (
  <Table<ConfigVersion>
    name="Versions"
    rows={of.toReversed()}
    keyOf={({ version }) => String(version)}
    empty=""
    columns={(as) => [
      as.text("Version", ({ version }) => version),
      as.text("Since", ({ at }) => <Instant at={at} />),
      as.text("By", ({ by }) => by),
      as.text("Taken by", ({ acks }) => acks.map(({ actor }) => actor).join(", ")),
      as.wide("Changes", ({ changes }) => <Changes of={changes} />),
    ]}
  />
);
