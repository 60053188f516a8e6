/**
 * A real API server on a free port, and clients that send what they like.
 * @module
 */
import assert from "node:assert/strict";
import { request, type RequestOptions } from "node:http";
import net from "node:net";
import { type ApiOptions, type ApiServer, startApi } from "../../../src/api/server.ts";
import { TestData } from "./data.ts";

/** The token of every test server. */
export const TOKEN = "test-token-0123456789-0123456789-abcd";

/** An answer. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Uint8Array;
  text: string;
}

/** A server with the data of a test. */
export class TestServer implements AsyncDisposable {
  private constructor(
    readonly server: ApiServer,
    readonly data: TestData,
    /** What the server said of faults inside. */
    readonly faults: readonly string[],
  ) {}

  /** Starts one. */
  static async start(
    options: Partial<ApiOptions> = {},
    data: TestData = new TestData().fill(),
  ): Promise<TestServer> {
    const faults: string[] = [];
    const server = await startApi({
      host: "127.0.0.1",
      port: 0,
      token: TOKEN,
      onFault: (text) => faults.push(text),
      ...options,
      // Tests come faster than people.
      limits: { requests_per_sec: 1e6, request_burst: 1e6, ...options.limits },
    }, data);
    return new TestServer(server, data, faults);
  }

  /** Sends a request; with the token unless headers say otherwise. */
  ask(
    path: string,
    { headers = {}, body, ...options }: RequestOptions & { body?: string | Uint8Array } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port: this.server.port,
        path,
        // Every request its own connection: nothing is left when the test ends.
        agent: false,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers as Record<string, string> },
        ...options,
      }, (response) => {
        const chunks: Uint8Array[] = [];
        response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = joined(chunks);
          const text = new TextDecoder().decode(bytes);
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, bytes, text });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** As `ask`, with the answer's JSON. */
  async json(path: string, options: Parameters<TestServer["ask"]>[1] = {}): Promise<unknown> {
    const { status, text } = await this.ask(path, options);
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  /** Sends bytes over a connection of its own and gives everything that comes until it is closed. */
  raw(text: string): Promise<string> {
    return new Promise((resolve) => {
      let got = "";
      const socket = net.connect(this.server.port, "127.0.0.1", () => {
        if (text !== "") socket.write(text);
      });
      socket.on("data", (chunk: Uint8Array) => got += new TextDecoder().decode(chunk));
      socket.on("error", () => {});
      socket.on("close", () => resolve(got));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
