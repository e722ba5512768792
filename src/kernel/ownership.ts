/** Routes of this daemon carry this routing protocol number (`rt_protos.d` names it `my_os_server`). */
export const ROUTE_PROTOCOL = 109;

/** Links of this daemon carry this at the start of their alias; the kind follows (`my_os_server:bridge`). */
export const LINK_ALIAS_PREFIX = "my_os_server:";

/** The one nftables table that is ours. */
export const OWN_TABLE = { family: "inet", name: "my_os_server" } as const;
