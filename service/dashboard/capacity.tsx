/**
 * What there is room for.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type {
  Capacity,
  CapacityLimit,
  OperationProfile,
  Saturation,
} from "../../messages/capacity.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { byName, bytes, count, duration, percent, unknown, words } from "./format.ts";
import { Answer, Panel, View } from "./panel.tsx";
import { Meter, Table } from "./table.tsx";

/** The view. */
export function CapacityView() {
  const answer = useAsked<Capacity>("capacity", 10_000);
  return (
    <View title="Capacity" lead="What this machine and the service can take.">
      <Answer of={answer}>
        {({ limits, saturation, recommended, operations, contention }) => (
          <>
            <Panel title="When it will be used up" class="prose">
              <Days of={saturation} />
              {recommended.map(({ key, configured, value, because }) => (
                <p key={key}>
                  Recommended: <code>{key} = {value}</code> instead of {configured}, as {because}.
                </p>
              ))}
            </Panel>
            <Panel title="Limits">
              <Limits of={limits} />
            </Panel>
            <Panel title="What operations need">
              <Needs of={operations} />
            </Panel>
            {contention.length > 0 && (
              <Panel title="Who slows whom">
                <ul>
                  {contention.map(({ operation, beside, of, slowdownRatio }) => (
                    <li key={`${operation} ${beside}`}>
                      <b>{operation}</b> takes {count(slowdownRatio)} times as long while{" "}
                      <b>{beside}</b> runs, waiting for {of}
                    </li>
                  ))}
                </ul>
              </Panel>
            )}
          </>
        )}
      </Answer>
    </View>
  );
}

const Days = ({ of }: { readonly of: readonly Saturation[] }) => (
  <Table
    name="Saturation"
    rows={of}
    keyOf={({ resource }) => resource}
    empty="Too little is known: it takes days of looks."
    columns={(as) => [
      as.text("Resource", ({ resource }) => words(resource)),
      as.number("Limit", ({ resource, limit }) => byName(resource, limit)),
      as.number("Used", ({ resource, level }) => byName(resource, level)),
      as.number("Days", ({ days }) => days === null ? "not in sight" : count(Math.round(days))),
      as.wide("", ({ because }) => because),
    ]}
  />
);

const used = ({ name, used, value }: CapacityLimit) =>
  used === null ? unknown : <Meter ratio={value ? used / value : null} text={byName(name, used)} />;

const Limits = ({ of }: { readonly of: readonly CapacityLimit[] }) => (
  <Table
    name="Limits"
    rows={of}
    keyOf={({ name }) => name}
    empty="None was found."
    columns={(as) => [
      as.text("What", ({ name }) => name === "fileBytes" ? "size of a file" : words(name)),
      as.number("Limit", ({ name, value }) => byName(name, value)),
      as.number("Used", used),
      as.text(
        "How sure",
        ({ confidence }) => (
          <Badge state={confidence} tone={confidence === "enforced" ? "good" : ""} />
        ),
      ),
      as.wide("From", ({ source, because }) => source ?? because ?? ""),
    ]}
  />
);

const Needs = ({ of }: { readonly of: readonly OperationProfile[] }) => {
  return (
    <Table
      name="Operations"
      rows={of}
      keyOf={({ operation }) => operation}
      empty="No job has ended yet."
      columns={(as) => [
        as.text("Operation", ({ operation }) => operation),
        as.number("Jobs", ({ jobs }) => count(jobs)),
        as.number("Run p50", ({ durationMs }) => duration(durationMs.p50)),
        as.number("Run p95", ({ durationMs }) => duration(durationMs.p95)),
        as.number("CPU p95", ({ cpuMs }) => duration(cpuMs?.p95)),
        as.number("Memory p95", ({ memoryBytes }) => bytes(memoryBytes?.p95)),
        as.number("Peak", ({ peakBytes }) => bytes(peakBytes)),
        as.number("Burst", ({ bursts }) => bursts ? `x ${count(bursts.peakRatio)}` : unknown),
        as.number("A week", ({ growth }) => percent(growth?.perWeekRatio)),
        as.text("Next peak", ({ nextPeak }) => <Instant at={nextPeak?.at} />),
      ]}
    />
  );
};
