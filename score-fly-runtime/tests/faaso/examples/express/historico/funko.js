const fs = require("node:fs");
const USER = fs.readFileSync("/secrets/user", "utf8").trim();
const PASS = fs.readFileSync("/secrets/pass", "utf8").trim();
