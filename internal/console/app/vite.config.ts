import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Leaves what compresses as .gz only: embed.go serves it so. */
function compressed(): Plugin {
  let dist = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => void (dist = join(config.root, config.build.outDir)),
    closeBundle() {
      for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && /\.(js|css|html|svg|md)$/.test(entry.name)) {
          writeFileSync(file + ".gz", gzipSync(readFileSync(file), { level: 9 }));
          rmSync(file);
        }
      }
    },
  };
}

// During development the server is the one of STATOR, by default the one that `go run ./cmd/stator serve` starts.
const server = process.env.STATOR ?? "http://127.0.0.1:8000";

/** Makes files of the fonts that Cloudscape has in its styles: a browser loads the two that a page needs, not all eight. */
function fonts(): Plugin {
  return {
    name: "fonts",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const styles of Object.values(bundle)) {
          if (styles.type !== "asset" || !styles.fileName.endsWith(".css")) continue;
          styles.source = String(styles.source).replace(/data:font\/woff2;base64,([\w+/=]+)/g, (_, base64: string) => {
            const source = Buffer.from(base64, "base64");
            const name = `font-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.woff2`;
            this.emitFile({ type: "asset", fileName: `assets/${name}`, source });
            return name;
          });
        }
      },
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), fonts(), compressed()],
  // A folder of packages that is elsewhere must not make another build.
  resolve: { preserveSymlinks: true },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    license: { fileName: "licenses.md" },
  },
  server: {
    // changeOrigin would break signatures: the host is signed.
    proxy: { "^/(?!console/)": { target: server, changeOrigin: false } },
  },
});
