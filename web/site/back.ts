// The return from the agent: what it answered stands in the fragment, which no server has seen. It
// is sealed to the portal for this log-in, because the browser's history keeps whole addresses; it
// is only passed on here. What comes from a card that was written (docs/protocols/card-session.md)
// has no answer: the first page asks the site to which case it belongs.
export {};

// A page of another return than the log-in's says where, and where to go after a card.
const returned = document.querySelector<HTMLElement>("[data-finish]")?.dataset;
const finish_at = returned?.finish;

async function finish(answer: string): Promise<void> {
  const reply = await fetch(finish_at ?? "/login/finish", {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: answer,
  });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  location.replace(await reply.text()); // the portal says where it goes on
}

const answer = location.hash.slice(1);
history.replaceState(null, "", location.pathname + location.search);
if (/^card=(done|failed|cancelled)$/.test(answer)) {
  location.replace(returned?.card === undefined ? "/" : `${returned.card}?${answer}`);
}
else finish(answer).catch(() => location.replace("/?said=failed"));
