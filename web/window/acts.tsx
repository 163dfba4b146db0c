// What people do in cases of other kinds than a card's making: a card that was stopped is found, or
// is not; a second clerk approves a new PIN, or another card.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Ja, Read, Say, phrase } from "../shared/words";
import { Asked, type CasePart } from "./parts";

export function LookFor({ act }: CasePart): JSX.Element {
  const [asked, set_asked] = useState(false);
  const give_up = () => {
    set_asked(false);
    act({ what: "given_up" }, "window.said_lost_for_good");
  };
  return (
    <>
      <p>
        <Say of="window.look_for_text" />
      </p>
      <div class="choices">
        <button type="button" onClick={() => act({ what: "found" }, "window.said_found")}>
          <Say of="window.found_card" />
        </button>
        <button type="button" class="quiet" onClick={() => set_asked(true)}>
          <Say of="window.lost_for_good" />
        </button>
      </div>
      {asked && (
        <Asked
          title="window.lost_for_good_title"
          yes="window.lost_for_good"
          close={() => set_asked(false)}
          act={give_up}
        >
          <p>
            <Say of="window.lost_for_good_text" />
          </p>
        </Asked>
      )}
    </>
  );
}

// Four eyes: the issuing centre does not take it from a clerk with a hand in it (`same_hand`).
export function Approve({ desk, one, act }: CasePart): JSX.Element {
  const [asked, set_asked] = useState(false);
  const own = ["change", "exchange"].includes(one.kind) ? `_${one.kind}` : "_card";
  const of = one.kind === "unlock" ? "" : own;
  if (!desk.roles.has("approver")) {
    return (
      <p class="hint">
        <Say of="window.approve_no_role" />
      </p>
    );
  }
  const approve = () => {
    set_asked(false);
    act({ what: "approved" }, `window.said_approved${of}`);
  };
  return (
    <>
      <p>
        <Say of="window.approve_text" />
      </p>
      <dl class="facts">
        {one.uses && one.uses.length > 0 && (
          <div>
            <dt>
              <Say of="window.which_pins" />
            </dt>
            <dd>
              <Read
                text={one.uses
                  .map((use) => phrase(`window.pin_${use}`))
                  .join(phrase("window.between_items"))}
              />
            </dd>
          </div>
        )}
        {one.hands.length > 0 && (
          <div>
            <dt>
              <Say of="window.opener" />
            </dt>
            <dd>
              <Ja>{one.hands.join("、")}</Ja>
            </dd>
          </div>
        )}
      </dl>
      <button type="button" onClick={() => set_asked(true)}>
        <Say of="window.approve" />
      </button>
      {asked && (
        <Asked
          title={`window.approve_title${of}`}
          yes="window.approve"
          close={() => set_asked(false)}
          act={approve}
        >
          <p>
            <Say of={`window.approve_question${of}`} />
          </p>
        </Asked>
      )}
    </>
  );
}
