// 100 users, suddenly 1,400, and 100 again. They are logged in: nobody hashes 700 passwords a second.

import { doOneOf, health, logIn, readProfile, steps } from "./calls.js";

export const options = {
  stages: [...steps([100, 5, 30], [1400, 10, 60], [100, 5, 30]), { duration: "1s", target: 0 }],
  thresholds: {
    http_req_duration: ["p(99)<2000"],
    http_req_failed: ["rate<0.05"],
    checks: ["rate>0.95"],
  },
};

const MIX = [
  [0.02, logIn],
  [0.49, readProfile],
  [0.49, health],
];

export default function () {
  doOneOf(MIX, 1, 3);
}
