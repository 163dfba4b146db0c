// How a log-in ends on a page: at log-out, when the card is pulled, when the time is over. Whatever
// the page shows is taken away before it leaves.

let wipe: () => void = () => {};

// What takes everything away that a page shows of a person.
export function on_leave(taken_away: () => void): void {
  wipe = taken_away;
}

function language(): string {
  return document.documentElement.dataset.language ?? "ja";
}

let leaving = false;

export function leave(said: string): void {
  if (leaving) return;
  leaving = true;
  wipe();
  location.replace("/?" + new URLSearchParams({ said, lang: language() }));
}

// Another tab may have begun a log-in that takes this one's place: then the page is fetched anew.
async function ended(said: string): Promise<void> {
  wipe();
  const goes_on = await fetch("/session", { cache: "no-store" }).then(
    (reply) => reply.ok,
    () => false,
  );
  if (goes_on) location.reload();
  else leave(said);
}

// Listens until the log-in ends.
export function watch_session(): void {
  const events = new EventSource("/session/events");
  events.addEventListener("ended", (event) => {
    events.close();
    void ended(event.data as string);
  });
  // Closed for good: this log-in is not known any more, so this page may not stay.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) void ended("time_over");
  });
  // What a browser keeps of a page that was left has nothing in it.
  addEventListener("pagehide", () => wipe());
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
