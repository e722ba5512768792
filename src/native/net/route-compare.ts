import type { Files } from "../../kernel/files.js";
import { type Names, readNames } from "../../kernel/iproute-names.js";
import type { KernelRoute } from "../../kernel/net-model.js";
import type { KeptPath, RouteEntry } from "./link-entries.js";

/** One value of a route, as text for people and for comparing. */
interface Value {
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

const NONE = "none";

type Way = { readonly gateway?: string; readonly dev?: string; readonly weight?: number };

const wayText = ({ gateway, dev, weight }: Way): string =>
  [gateway && `via ${gateway}`, dev && `dev ${dev}`, weight !== undefined && weight !== 1 && `weight ${weight}`]
    .filter(Boolean)
    .join(" ");

const waysText = (ways: readonly Way[]): string => (ways.length === 0 ? NONE : ways.map(wayText).join(", "));

/** The kernel's ways with what was left open left out, so that they can be compared. */
const asTold = (ways: readonly Way[], told: readonly KeptPath[]): Way[] =>
  ways.map(({ gateway, dev, weight }, at) => ({
    ...(gateway !== undefined && { gateway }),
    ...(dev !== undefined && (told[at]?.dev !== undefined || gateway === undefined) && { dev }),
    ...(weight !== undefined && { weight }),
  }));

/** The kernel may list several ways in another order. */
const sorted = (ways: readonly Way[]): Way[] => [...ways].sort((a, b) => (wayText(a) < wayText(b) ? -1 : 1));

export class RouteComparison {
  private constructor(
    private readonly scopes: Names,
    private readonly dsfield: Names,
  ) {}

  static async make(files: Files): Promise<RouteComparison> {
    const [scopes, dsfield] = await Promise.all([readNames(files, "rt_scopes"), readNames(files, "rt_dsfield")]);
    return new RouteComparison(scopes, dsfield);
  }

  hasTos({ tos }: KernelRoute, wanted: number): boolean {
    return (tos === undefined ? 0 : (this.dsfield.number(tos) ?? 0)) === wanted;
  }

  /** Where the kernel's route has other values than are wanted. */
  differences(entry: RouteEntry, route: KernelRoute): Value[] {
    const told = entry.nexthops ?? (entry.path ? [entry.path] : []);
    const there: readonly Way[] =
      route.nexthops ?? (route.dev === undefined && route.gateway === undefined ? [] : [wayOf(route)]);
    const hasOnlink = [route, ...(route.nexthops ?? [])].some(({ flags }) => flags.includes("onlink"));
    const pathless = entry.path === undefined && entry.nexthops === undefined;
    const values: Value[] = [
      { field: "type", expected: entry.type, actual: route.type },
      {
        field: entry.nexthops ? "nexthops" : "gateway",
        expected: waysText(sorted(told)),
        // IPv6 shows the loopback as the way of packets that go nowhere.
        actual: pathless && route.type === entry.type ? NONE : waysText(sorted(asTold(there, told))),
      },
      { field: "src", expected: entry.src ?? NONE, actual: route.prefsrc ?? NONE },
      { field: "onlink", expected: String(entry.onlink), actual: String(hasOnlink) },
      { field: "mtu", expected: String(entry.mtu ?? NONE), actual: String(route.metrics?.[0]?.mtu ?? NONE) },
    ];
    if (entry.scope !== undefined) {
      values.push({ field: "scope", expected: this.scopes.name(entry.scope), actual: route.scope });
    }
    return values.filter(({ expected, actual }) => expected !== actual);
  }
}

const wayOf = ({ gateway, dev }: KernelRoute): Way => ({
  ...(gateway !== undefined && { gateway }),
  ...(dev !== undefined && { dev }),
});

/** A route in one line, as `ip route` would say it. */
export function routeText(route: KernelRoute): string {
  const { type, dst, table, metric, tos, protocol, prefsrc, nexthops } = route;
  const ways = nexthops ?? (route.dev === undefined && route.gateway === undefined ? [] : [wayOf(route)]);
  return [
    type === "unicast" ? "" : type,
    dst,
    tos && `tos ${tos}`,
    ways.length > 0 && waysText(ways),
    table !== "main" && `table ${table}`,
    metric && `metric ${metric}`,
    prefsrc && `src ${prefsrc}`,
    `proto ${protocol}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** `table/dst/metric`, then type and tos where they are not the default. */
export function routeId(entry: Pick<RouteEntry, "family" | "table" | "dst" | "metric" | "type" | "tos">): string {
  const { family, table, dst, metric, type, tos } = entry;
  const [place, prefix] = [
    table === 254 ? "main" : String(table),
    dst === "default" && family === "inet6" ? "::/0" : dst,
  ];
  const rest = [
    ...(type === "unicast" ? [] : [type]),
    ...(tos === 0 ? [] : [`0x${tos.toString(16).padStart(2, "0")}`]),
  ];
  return [place, prefix, metric, ...rest].join("/");
}
