/**
 * The dashboard as a user has it: in Chromium, on the real server, with this host as the collectors
 * measure it.
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TOKEN } from "../support/api/server.ts";
import { DashboardPage, PATIENCE_MS } from "../support/dashboard/browser.ts";

const BUNDLE = "1702943456123456789";

/** Pixels of a chart that have the colour of its first line, as one number for each column. */
function lineOf(page: Page, title: string): Promise<number[]> {
  return page.getByRole("figure", { name: title, exact: true }).locator("canvas").evaluate(
    (node) => {
      const canvas = node as HTMLCanvasElement;
      const color = getComputedStyle(document.documentElement).getPropertyValue("--series-1")
        .trim();
      const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no context");
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const columns = new Array<number>(canvas.width).fill(0);
      for (let i = 0; i < data.length; i += 4) {
        const near = wanted.every((value, j) => Math.abs(data[i + j] - value) < 60);
        if (near && data[i + 3] > 100) columns[(i / 4) % canvas.width]++;
      }
      return columns;
    },
  );
}

/** Waits until a chart's line is there and not as it was. */
async function moved(page: Page, title: string, before: number[] = []): Promise<number[]> {
  const end_ms = performance.now() + PATIENCE_MS;
  while (performance.now() < end_ms) {
    const line = await lineOf(page, title);
    if (line.some((count) => count > 0) && String(line) !== String(before)) return line;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  throw new Error(`The chart ${title} does not move`);
}

Deno.test("dashboard: the token signs in, another one does not, signing out ends it", async () => {
  await using opened = await DashboardPage.open();
  const { page } = opened;
  await opened.signIn("not-the-token-not-the-token-not-the-token");
  await page.getByText("This is not the agent's token.").waitFor();
  assert.deepEqual(await opened.axe(), []);
  await opened.signIn(TOKEN);
  await opened.isLive();
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  assert.equal((await page.context().cookies()).length, 0);
});

Deno.test("dashboard: charts move, an anomaly appears, its bundle is one click away", async () => {
  await using opened = await DashboardPage.signedIn();
  const { page, host } = opened;
  const before = await moved(page, "CPU");
  const after = await moved(page, "CPU", before);
  assert.notDeepEqual(after, before);
  await moved(page, "Memory");
  await moved(page, "SMB latency");

  const anomalies = page.getByRole("region", { name: "Anomalies, the newest first" });
  host.metricAnomaly("cpu.total", 95.2);
  await anomalies.getByText("95.2 %, mean 23.8 %, z 4.2, z score").waitFor();
  const mark = page.getByRole("button", { name: /^cpu\.total at / });
  await mark.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Show all anomalies" }).waitFor();
  assert.equal(await mark.getAttribute("aria-pressed"), "true");
  await page.getByRole("button", { name: "Show all anomalies" }).click();

  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  opened.sealBundle(BUNDLE, bytes);
  host.smbAnomaly(BUNDLE);
  const link = anomalies.getByRole("link", { name: BUNDLE });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), `aod_quick_${BUNDLE}.tar.zst`);
  assert.deepEqual(Deno.readFileSync(await download.path()), bytes);
  assert.deepEqual(opened.faults, []);
});

Deno.test("dashboard: requests that hang are listed first, and gone when they are answered", async () => {
  await using opened = await DashboardPage.signedIn();
  const { page, host } = opened;
  const list = page.getByRole("region", { name: "SMB requests under way" });
  const commands = () => list.locator("tbody th").allInnerTexts();
  await list.getByText("waits by design").waitFor();
  assert.deepEqual(await commands(), ["SMB2_READ", "SMB2_READ", "SMB2_CHANGE_NOTIFY"]);
  const sessions = page.getByRole("region", { name: "SMB sessions" });
  assert.match(await sessions.locator("thead").innerText(), /credits/i);
  host.traffic.hung = 2;
  await list.getByText("archive.tar").waitFor();
  assert.deepEqual((await commands()).slice(0, 2), ["SMB2_WRITE", "SMB2_CREATE"]);
  const [first] = await list.locator("tbody tr").all();
  assert.match(await first.innerText(), /hung\s+48\.2 s\s+fileserver\.example/);
  await page.getByRole("status").getByText(/Wrong: .*In flight/).waitFor();
  host.traffic.hung = 0;
  await list.getByText("archive.tar").waitFor({ state: "detached" });
  assert.equal((await commands()).length, 3);
  assert.deepEqual(opened.faults, []);
});

Deno.test("dashboard: a restart of the agent is said and survived", async () => {
  await using opened = await DashboardPage.signedIn();
  const { page, host } = opened;
  const before = await moved(page, "CPU");
  await opened.stopServer();
  await opened.restartServer();
  await opened.isLive();
  await moved(page, "CPU", before);
  host.publish({
    event_type: "exec",
    source: "eBPF::exec_monitor",
    timestamp: Date.now() / 1000,
    data: { after: "yes" },
  });
  await page.getByRole("region", { name: "Events, the newest first" }).getByText("after=yes")
    .waitFor();
});

Deno.test("dashboard: events are chosen and held", async () => {
  await using opened = await DashboardPage.signedIn();
  const { page, host } = opened;
  const region = page.getByRole("region", { name: "Events, the newest first" });
  const publish = (event_type: string, comm: string) =>
    host.publish({
      event_type,
      source: "test",
      comm,
      timestamp: Date.now() / 1000,
      data: {},
    });
  await moved(page, "CPU");
  publish("exec", "alpha");
  publish("syscall", "beta");
  await region.getByText("beta").waitFor();
  await page.getByLabel("Type").selectOption("exec");
  await region.getByText("beta").waitFor({ state: "detached" });
  await region.getByText("alpha").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  publish("exec", "gamma");
  publish("fork", "delta");
  // A new type to choose shows that what came after the pause has been drawn.
  await page.getByLabel("Type").locator("option", { hasText: "fork" }).waitFor({
    state: "attached",
  });
  assert.equal(await region.getByText("gamma").count(), 0);
  await page.getByRole("button", { name: "Pause" }).click();
  await region.getByText("gamma").waitFor();
});

for (
  const look of [{ width: 1280, colorScheme: "light" }, {
    width: 360,
    colorScheme: "dark",
  }] as const
) {
  Deno.test(`dashboard: ${look.width} pixels, ${look.colorScheme}: fits, accessible, by keyboard`, async () => {
    await using opened = await DashboardPage.signedIn(look);
    const { page, host } = opened;
    host.metricAnomaly("cpu.total", 95.2);
    await page.getByRole("button", { name: /^cpu\.total at / }).waitFor();
    await page.getByRole("region", { name: "Requests by command and latency" }).waitFor();
    await page.getByText("CPU as a table").click();
    await page.getByRole("region", { name: "CPU", exact: true }).waitFor();
    assert.deepEqual(await opened.axe(), []);
    const [width, content] = await page.evaluate(() => [
      document.documentElement.clientWidth,
      document.documentElement.scrollWidth,
    ]);
    assert.equal(content, width, "nothing to the right of the window");
    await page.reload();
    await opened.isLive();
    await page.keyboard.press("Tab");
    assert.match(await page.locator(":focus").innerText(), /^Skip to/);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "health");
    assert.deepEqual(opened.faults, []);
  });
}
