// The return from the agent: what it answered stands in the fragment, which no server has seen.
"use strict";
const answer = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
const finish = async () => {
  const reply = await fetch("/login/finish", {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: answer,
  });
  const said = await reply.text();
  location.replace(reply.ok ? said : "/?" + new URLSearchParams({ said }));
};
finish();
