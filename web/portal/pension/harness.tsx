import { asked, harness } from "../test_harness";
import { Pension } from "./page";
import { states, today } from "./test_documents";

const state = states[asked.get("state") ?? "hanako"]!;
harness(["pension"], () => <Pension {...state} today={today} />);
