import { asked, harness } from "../test_harness";
import { Checkups } from "./page";
import { states } from "./test_documents";

const state = states[asked.get("state") ?? "taro"]!;
harness(["checkups"], () => <Checkups {...state} />);
