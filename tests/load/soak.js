// 400 users for hours, with the mix of `auth`. They think longer, so that two cores, which hash some
// 75 passwords a second, are busy and not swamped: 400 users in 6 s are 33 hashes a second.

import { QUICK, SIGN_UPS_AND_LOG_INS, doOneOf } from "./calls.js";

export const options = {
  stages: [
    { duration: "20s", target: 400 },
    { duration: `${__ENV.MINUTES}m`, target: 400 },
    { duration: "1s", target: 0 },
  ],
  thresholds: QUICK,
};

export default function () {
  doOneOf(SIGN_UPS_AND_LOG_INS, 4, 8);
}
