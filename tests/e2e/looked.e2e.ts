import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { expect_accessible } from "./checks";
import {
  alter_relay,
  clinic_checks_hanako,
  cli,
  each_test_has_a_visit,
  log_in,
  own,
  picture,
  settled,
} from "./country";

each_test_has_a_visit("hanako");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mado-e2e-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

// The page compares by itself when that is due.
async function compared(page: Page): Promise<void> {
  await settled(page);
  const result = page.getByText(/食い違いは|記録が合いません/).first();
  if (!(await result.isVisible())) await page.click(".compare button");
  await result.waitFor();
}

test("a clinic's look is there in plain words, compared, and proven to others", async () => {
  clinic_checks_hanako();
  const { page } = own;
  await log_in(page, "looked");
  await page.getByRole("heading", { name: "確認できました（改ざんなし）" }).waitFor();
  await compared(page);
  const look = page.locator(".look").first();
  expect(await look.textContent()).toContain("花みずき内科クリニックが見ました");
  expect(await look.textContent()).toContain("診療のため");
  await look.locator("summary").click();
  expect(await look.textContent()).toContain("健康保険法第63条第3項");
  await picture(page, "looked");
  // Whoever gets the file checks it with another tool; witnesses need a few seconds.
  await expect
    .poll(
      async () => {
        const waiting = page.waitForEvent("download");
        await look.getByRole("button", { name: /証明のファイルを保存する/ }).click();
        const proof = join(folder, "entry.tlog-proof");
        await (await waiting).saveAs(proof);
        if (!/proven/.test(cli_or_output("log", "check", proof))) await reopen(page);
        return cli_or_output("log", "check", proof);
      },
      { timeout: 30_000, interval: 2_000 },
    )
    .toMatch(/proven/);
});

async function reopen(page: Page): Promise<void> {
  await page.reload();
  await compared(page);
  await page.locator(".look").first().locator("summary").click();
}
// What it says, also when it is not content.
function cli_or_output(...words: string[]): string {
  try {
    return cli(...words);
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}

test("a question about an entry reaches the clinic", async () => {
  clinic_checks_hanako();
  const { page } = own;
  await log_in(page, "looked");
  await compared(page);
  const look = page.locator(".look").first();
  await look.locator("summary").click();
  await look.getByRole("button", { name: /質問する/ }).click();
  await look.getByLabel("質問の文（2000字まで）").fill("この日は受診していません。");
  await look.getByRole("button", { name: "質問を送る" }).click();
  await page.getByText(/回答の期限：/).first().waitFor();
  await picture(page, "looked-question");
});

test("an entry that the relay hides is found by comparing, with evidence", async () => {
  clinic_checks_hanako();
  alter_relay(
    "delete from own_entry where log_index = (select max(log_index) from access)",
  );
  const { page } = own;
  await log_in(page, "looked");
  await compared(page);
  const alarm = page.getByRole("alert").filter({ hasText: "記録が合いません" });
  await alarm.waitFor();
  expect(await alarm.textContent()).toContain("あなたの一覧には、ありません");
  await expect_accessible(page);
  await picture(page, "looked-alarm");
  const waiting = page.waitForEvent("download");
  await alarm.getByRole("button", { name: "証拠のファイルを保存する" }).click();
  const file = join(folder, "evidence.json");
  await (await waiting).saveAs(file);
  expect(JSON.parse(readFileSync(file, "utf8")).findings.length).toBeGreaterThan(0);
});
