// 400 users for hours, with the mix of `auth`. They think longer, so that two cores, which hash some
// 75 passwords a second, are busy and not swamped: 400 users in 6 s are 33 hashes a second.

import { doOneOf, health, logInAndRead, register } from "./calls.js";

export const options = {
  stages: [
    { duration: "20s", target: 400 },
    { duration: `${__ENV.MINUTES}m`, target: 400 },
    { duration: "1s", target: 0 },
  ],
  thresholds: {
    http_req_duration: ["p(95)<500", "p(99)<1000"],
    http_req_failed: ["rate<0.01"],
    checks: ["rate>0.99"],
  },
};

const MIX = [
  [0.1, register],
  [0.4, logInAndRead],
  [0.5, health],
];

export default function () {
  doOneOf(MIX, 4, 8);
}
