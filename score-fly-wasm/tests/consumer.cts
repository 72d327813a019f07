// A user's program in CommonJS: tsc checks it.

import scoreFly = require("score-fly");
import deploy = require("score-fly/deploy");
import type { ConvertResponse } from "score-fly" with { "resolution-mode": "require" };

const answer: ConvertResponse = scoreFly.convert("apiVersion: score.dev/v1b1");
export const status = answer.status;
export const planned = deploy.plan("app = 'web'").status;
