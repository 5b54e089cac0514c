// Builds the front end into ../static/build: hashed names, a manifest, gzip beside every text file.
// Every file in src/rooms/ is taken in, so that a room adds its own style or widget by adding a file.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "static", "build");
const fresh = `${target}.new`;
const manifest = {};

function rooms(...extensions) {
  const folder = join(source, "rooms");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => extensions.includes(extname(name)))
    .sort();
}

function write(name, bytes) {
  const { name: stem, ext } = parse(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const built = `${stem}-${hash}${ext}`;
  writeFileSync(join(fresh, built), bytes);
  if ([".css", ".js", ".svg"].includes(ext)) {
    writeFileSync(join(fresh, `${built}.gz`), gzipSync(bytes, { level: 9, mtime: 0 }));
  }
  manifest[name] = built;
}

async function bundle(name, contents, loader, resolveDir = source) {
  const result = await build({
    stdin: { contents, resolveDir, sourcefile: name, loader },
    bundle: true,
    minify: true,
    write: false,
    outdir: fresh,
    entryNames: parse(name).name,
    assetNames: "[name]-[hash]",
    publicPath: ".",
    target: ["es2020", "chrome90", "firefox90", "safari14.1"],
    loader: { ".woff2": "file", ".woff": "empty", ".svg": "dataurl" },
    legalComments: "none",
    logLevel: "warning",
  });
  for (const file of result.outputFiles) {
    const base = parse(file.path).base;
    if (base === name) write(name, file.contents);
    else writeFileSync(join(fresh, base), file.contents);
  }
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });

const styles = ['@import "./main.css";', ...rooms(".css").map((name) => `@import "./rooms/${name}";`)];
await bundle("app.css", styles.join("\n"), "css");

const scripts = ['import "./main.js";', ...rooms(".js", ".ts").map((name) => `import "./rooms/${name}";`)];
await bundle("app.js", scripts.join("\n"), "js");

// Scripts too heavy for every page: each is a file of src/pages, loaded only where its page asks for it with
// <script src="{{ asset('uploads.js') }}" nonce="{{ csp_nonce() }}" defer></script>.
const pages = join(source, "pages");
for (const name of readdirSync(pages).filter((file) => extname(file) === ".js").sort()) {
  await bundle(name, readFileSync(join(pages, name), "utf8"), "js", pages);
}

write("emblem.svg", readFileSync(join(source, "emblem.svg")));

writeFileSync(join(fresh, "manifest.json"), JSON.stringify(manifest, Object.keys(manifest).sort(), 2));
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
