/**
 * Asks once for the token of the service.
 *
 * @module
 */
import { h } from "preact";
import { asksToken, token } from "./session.ts";

/** Stands in the place of everything else until a token is given. */
export function Login() {
  const wrong = asksToken.value;
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement).get("token");
    token.value = String(given ?? "").trim();
    asksToken.value = null;
  };
  return (
    <main class="login">
      <form class="panel form" onSubmit={enter}>
        <h1>Flyball</h1>
        <p>This service asks for a token. It is kept until this tab is closed.</p>
        <label>
          Token
          <input name="token" type="password" autocomplete="off" required autofocus />
        </label>
        {wrong && <p class="trouble" role="alert">{wrong}</p>}
        <footer>
          <button type="submit" class="primary">Enter</button>
        </footer>
      </form>
    </main>
  );
}
