// Whose log-in a page is of, and how it ends: at log-out, when the card is pulled, when the time is
// over, when somebody else has logged in meanwhile. Whatever the page shows is taken away before it
// leaves.
let wipe: () => void = () => {};

// What takes everything away that a page shows of a person.
export function on_leave(taken_away: () => void): void {
  const title = document.title;
  wipe = () => {
    taken_away();
    document.title = title;
  };
}

let leaving = false;

function go(where: () => void): void {
  if (leaving) return;
  leaving = true;
  wipe();
  where();
}

// This page's name for the log-in that may lead here again; "" of the first page.
export function place_here(): string {
  return location.pathname.slice(1);
}

export function leave(said: string): void {
  const lang = document.documentElement.dataset.language ?? "ja";
  const to = place_here();
  // Who goes on after the time is over is whoever was here; after a log-out it may be another one.
  const more = said === "time_over" && to !== "" ? { to } : {};
  go(() => location.replace("/?" + new URLSearchParams({ said, lang, ...more })));
}

// The log-in that this page is of: the SHA-256 of what the card signed.
let own: string | undefined;
const tabs = new BroadcastChannel("mado-session");

// Another log-in may have taken this one's place: then the page is that person's to fetch anew.
function ended(said: string): void {
  fetch("/session", { cache: "no-store" }).then(
    (reply) => (reply.ok ? go(() => location.reload()) : leave(said)),
    () => leave(said),
  );
  wipe();
}

// Once it is known. An event stream, the answer to a question, a return to this tab: each may find
// that it is not the one of the cookie any more.
export function is_of(session: string): void {
  own ??= session;
  if (own !== session) go(() => location.reload());
}

async function look_again(): Promise<void> {
  const reply = await fetch("/session/id", { cache: "no-store" }).catch(() => undefined);
  if (reply?.ok) is_of(await reply.text());
  else if (reply) ended("time_over");
}

// Fetches, and sees when the site does not know the page's log-in any more.
export async function fetch_for_page(path: string, init?: RequestInit): Promise<Response> {
  const reply = await fetch(path, init);
  if (init?.method === "POST" && reply.status === 401) void look_again();
  return reply;
}

// Listens until the log-in ends.
export function watch_session(): void {
  const events = new EventSource("/session/events");
  events.addEventListener("session", (event) => is_of(event.data as string));
  events.addEventListener("ended", (event) => {
    events.close();
    tabs.postMessage({ own, said: event.data as string });
    ended(event.data as string);
  });
  // Closed for good: this log-in is not known any more, so this page may not stay.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) ended("time_over");
  });
  // A browser gives one site a few streams only: tabs without one hear it from the others.
  tabs.onmessage = ({ data }: MessageEvent<{ own?: string; said: string }>) => {
    if (own !== undefined && data.own === own) ended(data.said);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look_again();
  });
  // What a browser keeps of a page that was left has nothing in it.
  addEventListener("pagehide", () => wipe());
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
