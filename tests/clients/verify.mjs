// Verifies a token for each line of standard input, as the documentation of `jose` shows it.
// Arguments: the URL of the service. Answers are a line of JSON each; all use one set of keys,
// fetched when it is first needed.
import { createInterface } from "node:readline";
import { createRemoteJWKSet, jwtVerify } from "jose";

const fetches = { count: 0 };
const { fetch } = globalThis;
globalThis.fetch = (...args) => {
  fetches.count += 1;
  return fetch(...args);
};

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", process.argv[2]));
const expected = { issuer: "https://id.example.org", audience: "api", typ: "at+jwt" };

for await (const token of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, expected);
    answer = { payload, header: protectedHeader };
  } catch (error) {
    answer = { error: error.code ?? String(error) };
  }
  console.log(JSON.stringify({ ...answer, fetches: fetches.count }));
}
