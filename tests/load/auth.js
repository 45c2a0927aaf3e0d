// 50, 100 and 200 users who sign up, log in, and look whether it is there.

import { doOneOf, health, logInAndRead, register, steps } from "./calls.js";

export const options = {
  stages: [...steps([50, 10, 60], [100, 10, 60], [200, 10, 60]), { duration: "1s", target: 0 }],
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
  doOneOf(MIX, 1, 3);
}
