import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** Writes worker.js, with the list of the built files and a version that is their hash. */
function worker(): Plugin {
  return {
    name: "worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const hash = createHash("sha256");
      for (const [name, file] of Object.entries(bundle).sort()) hash.update(name).update("source" in file ? file.source : file.code);
      // Not index.html by its name: where a host leads from there to "./", the worker may not answer with that.
      const files = ["./", ...Object.keys(bundle).filter((name) => name !== "index.html").map((name) => `./${name}`), "./icon.svg"];
      const source = readFileSync("src/worker.js", "utf8")
        .replace("__VERSION__", hash.digest("hex").slice(0, 16))
        .replace("__FILES__", JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "worker.js", source });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [svelte(), worker()],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false, license: { fileName: "licences.md" } },
});
