// What GitHub's upload action checks before it sends a report: the schema, and that no two runs are of one category
// (github/codeql-action v4.36.3, src/upload-lib.ts and src/sarif/index.ts). Prints the problems, a JSON object by file.
"use strict";
const fs = require("fs");
const path = require("path");

const [cache, ...files] = process.argv.slice(2);
const modules = path.resolve(cache, "node_modules");
const { Validator } = require(path.join(modules, "jsonschema"));
const schemaFile = path.join(modules, "@microsoft/sarif-multitool-linux/sarif-2.1.0.json");
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));

function problems(file) {
  let sarif;
  try {
    sarif = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    return [`no JSON: ${error.message}`];
  }
  const found = new Validator().validate(sarif, schema).errors.map((error) => error.stack);
  const seen = new Set();
  for (const run of Array.isArray(sarif.runs) ? sarif.runs : []) {
    const { name, fullName, version, semanticVersion, guid } = run?.tool?.driver ?? {};
    const key = JSON.stringify({ name, fullName, version, semanticVersion, guid, id: run?.automationDetails?.id });
    if (seen.has(key)) found.push("two runs of one tool and category");
    seen.add(key);
  }
  // The server answers an empty list of runs, and a run without results, by 422.
  if (!Array.isArray(sarif.runs) || sarif.runs.length === 0) found.push("no runs");
  for (const run of sarif.runs ?? []) if (!Array.isArray(run?.results)) found.push("no results");
  return found;
}

process.stdout.write(JSON.stringify(Object.fromEntries(files.map((file) => [file, problems(file)]))));
