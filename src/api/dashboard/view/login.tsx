/**
 * The login form: the agent's token for a session.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { SignedOut, signIn } from "../net/request.ts";

/** See the module. */
export function Login({ onSignedIn }: { onSignedIn: () => void }): VNode {
  const [token, setToken] = useState("");
  const [fault, setFault] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await signIn(token.trim());
      onSignedIn();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setFault(error instanceof SignedOut ? "This is not the agent's token." : why);
    }
  };
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>aod</h1>
        <p id="token-help">
          The token is printed on the host by <code>sudo aod token</code>.
        </p>
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autoComplete="current-password"
          required
          aria-describedby="token-help token-fault"
          aria-invalid={fault !== ""}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p id="token-fault" class="fault" role="alert">{fault}</p>
        <button type="submit">Sign in</button>
      </form>
    </main>
  );
}
