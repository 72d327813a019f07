// The operations, over the functions that wasm-bindgen makes: objects in, objects out.

import {
  checkFlyJson,
  checkJson,
  convertJson,
  flyNeedsJson,
  importFlyJson,
  machineConfigJson,
  needsJson,
  requirementsJson,
  version as versionText,
} from "./glue.js";

// What can't be written as JSON still gets an answer: the request is then not JSON, and says so.
function call(operation, request) {
  let text;
  try {
    text = JSON.stringify(request);
  } catch {
    text = undefined;
  }
  return JSON.parse(operation(text ?? ""));
}

export const convert = (request) => call(convertJson, request);
export const check = (request) => call(checkJson, request);
export const requirements = (request) => call(requirementsJson, request);
export const checkFly = (request) => call(checkFlyJson, request);
export const importFly = (request) => call(importFlyJson, request);
export const needs = (request) => call(needsJson, request);
export const flyNeeds = (request) => call(flyNeedsJson, request);
export const machineConfig = (request) => call(machineConfigJson, request);
export const version = () => versionText();
