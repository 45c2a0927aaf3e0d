// What users do, for every scenario.

import http from "k6/http";
import exec from "k6/execution";
import { check, sleep } from "k6";

const URL = __ENV.BASE_URL;
const SEED = JSON.parse(open(__ENV.SEED)); // { password, users: [{ email, token }] }
const JSON_BODY = { headers: { "Content-Type": "application/json" } };
const SCALE = Number(__ENV.SCALE || "1");

// Durations are written in seconds, and shortened together.
export function seconds(count) {
  return `${Math.max(1, Math.round(count * SCALE))}s`;
}

// Climb to so many users, and stay there.
export function steps(...targets) {
  return targets.flatMap(([users, climb, stay]) => [
    { duration: seconds(climb), target: users },
    { duration: seconds(stay), target: users },
  ]);
}

export function health() {
  expect("health", http.get(`${URL}/health`, { tags: { name: "health" } }), 200);
}

function register() {
  const email = `k6-${__ENV.RUN}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}@example.com`;
  post("register", { email, password: SEED.password, name: "k6" }, 201);
}

export function logIn() {
  const answer = post("login", { email: anyone().email, password: SEED.password }, 200);
  return answer.status === 200 ? answer.json("data.token") : null;
}

function logInAndRead() {
  const token = logIn();
  if (token) {
    profile(token);
  }
}

// With a token that was made before the test.
export function readProfile() {
  profile(anyone().token);
}

// What `auth` and `soak` do, as `[share, action]`.
export const SIGN_UPS_AND_LOG_INS = [
  [0.1, register],
  [0.4, logInAndRead],
  [0.5, health],
];

// And what is asked of the service while they do.
export const QUICK = {
  http_req_duration: ["p(95)<500", "p(99)<1000"],
  http_req_failed: ["rate<0.01"],
  checks: ["rate>0.99"],
};

// Do one of `[share, action]`, the shares of which add up to 1, and think about it.
export function doOneOf(choices, least, most) {
  let left = Math.random();
  const found = choices.find(([share]) => (left -= share) < 0) || choices[choices.length - 1];
  found[1]();
  sleep(least + Math.random() * (most - least));
}

function profile(token) {
  const params = { headers: { Authorization: `Bearer ${token}` }, tags: { name: "profile" } };
  expect("profile", http.get(`${URL}/api/v1/users/me`, params), 200);
}

function post(name, body, status) {
  const params = { ...JSON_BODY, tags: { name } };
  return expect(name, http.post(`${URL}/api/v1/auth/${name}`, JSON.stringify(body), params), status);
}

// Named after what came, so that the summary tells how often each status did; 0 is no answer.
function expect(name, answer, status) {
  check(answer, { [`${name}: ${answer.status}`]: (r) => r.status === status });
  return answer;
}

function anyone() {
  return SEED.users[Math.floor(Math.random() * SEED.users.length)];
}
