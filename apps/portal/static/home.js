// Whoever pulls the card is logged out here too, at once.
"use strict";
const events = new EventSource("/session/events");
events.addEventListener("ended", (event) => {
  events.close();
  location.replace("/?" + new URLSearchParams({ said: event.data }));
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
