// 50, 100 and 200 users who sign up, log in, and look whether it is there.

import { QUICK, SIGN_UPS_AND_LOG_INS, doOneOf, steps } from "./calls.js";

export const options = {
  stages: [...steps([50, 10, 60], [100, 10, 60], [200, 10, 60]), { duration: "1s", target: 0 }],
  thresholds: QUICK,
};

export default function () {
  doOneOf(SIGN_UPS_AND_LOG_INS, 1, 3);
}
