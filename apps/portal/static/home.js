// Whoever pulls the card is logged out here too, at once.
"use strict";
const lang = new URLSearchParams(location.search).get("lang") ?? "ja";
const events = new EventSource("/session/events");
events.addEventListener("ended", (event) => {
  events.close();
  location.replace("/?" + new URLSearchParams({ said: event.data, lang }));
});
// Closed for good: this log-in is not known any more, so this page may not stay.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) location.reload();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
