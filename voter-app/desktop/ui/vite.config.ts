import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false, license: { fileName: "licences.md" } },
});
