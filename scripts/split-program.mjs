// Bundles a program as a few files, as V8 keeps an entry for every function of a file, called or not, and reads them all: `main`, with
// what its usual run needs, one for each other kind of run, and `rest`. A file is loaded with the first import() of something in it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds `main.cjs`, one file for each of `kinds`, and `rest.cjs`. Of the kinds, `main` included, the modules are given that such a run
 * imports by import(); each file has what the ones before it lack, and no module is in two. Returns the names of all modules.
 */
export async function buildSplit(options, { entry, exported, kinds, outdir }) {
  const { inputs } = (await build({ ...options, entryPoints: [entry], outdir, write: false, metafile: true }))
    .metafile;
  const places = getPlaces(inputs, entry, kinds);
  const shared = getShared(inputs, places);
  const names = await readExports(options, inputs, [...shared]);
  for (const place of new Set(places.values())) {
    const own = [...shared].filter((name) => places.get(name) === place);
    const contents = [
      '"use strict";',
      ...(place === 'main' ? [`export { ${exported} } from './${entry}';`] : []),
      renderGetModule(own),
    ];
    const outfile = join(outdir, `${place}.cjs`);
    const { metafile, outputFiles } = await build({
      ...options,
      stdin: { contents: contents.join('\n'), resolveDir: options.absWorkingDir, sourcefile: `${place}.js` },
      outfile,
      metafile: true,
      write: false,
      plugins: [createBorder(options.absWorkingDir, places, place, names), ...options.plugins],
    });
    mkdirSync(outdir, { recursive: true });
    writeFileSync(
      outfile,
      withoutCopies(
        outputFiles[0].text,
        own.filter((name) => names.has(name)),
      ),
    );
    const strange = Object.keys(metafile.inputs).find(
      (name) => (places.get(name) ?? place) !== place && !isMade(name),
    );
    if (strange !== undefined) throw new Error(`${strange} is in ${place}.cjs, too`);
  }
  return Object.keys(inputs);
}

/** The file of each module. */
function getPlaces(inputs, entry, kinds) {
  const places = new Map();
  for (const [place, modules] of Object.entries(kinds)) {
    for (const name of getClosure(inputs, place === 'main' ? [entry, ...modules] : modules)) {
      if (!places.has(name)) places.set(name, place);
    }
  }
  for (const name of Object.keys(inputs)) if (!places.has(name)) places.set(name, 'rest');
  return places;
}

/** What is loaded together with the given modules. */
function getClosure(inputs, roots) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    if (inputs[name] === undefined) throw new Error(`${name} is no module of the program`);
    found.add(name);
    for (const { path, kind, external } of inputs[name].imports) {
      // What a plugin makes requires when it is called.
      const isLate = kind === 'dynamic-import' || (isMade(name) && kind === 'require-call');
      if (external !== true && !isLate) visit(path);
    }
  };
  for (const root of roots) visit(root);
  return found;
}

// What a plugin makes is stateless, and small: each file has its own.
const isMade = (name) => /^[a-z-]+:/.test(name);

/** The modules that another file imports. */
function getShared(inputs, places) {
  const shared = new Set();
  for (const [name, { imports }] of Object.entries(inputs)) {
    for (const { path, external } of imports) {
      if (external === true || isMade(path)) continue;
      if (isMade(name) || places.get(name) !== places.get(path)) shared.add(path);
    }
  }
  return shared;
}

/** The names that ES modules export; null for CommonJS. */
async function readExports({ absWorkingDir }, inputs, modules) {
  const { metafile, outputFiles } = await build({
    absWorkingDir,
    entryPoints: modules.filter((name) => inputs[name].format === 'esm'),
    format: 'esm',
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const star = outputFiles.find(({ text }) => /^export \* from/m.test(text));
  if (star !== undefined) throw new Error(`${star.path} exports what its text does not name`);
  return new Map(Object.values(metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]));
}

// For require() esbuild copies the names of an ES module into an object; here they are read once each.
function withoutCopies(text, modules) {
  let count = 0;
  const found = text.replaceAll(
    /(case"[^"]+":return init_\w+\(\)),__toCommonJS\((\w+)\)/g,
    (_, init, names) => {
      count += 1;
      return `${init},${names}`;
    },
  );
  if (count !== modules.length) throw new Error(`of ${modules.length} modules ${count} were found`);
  return found;
}

function renderGetModule(modules) {
  const cases = modules.map((name) => `case '${name}': return require('./${name}');`);
  return `export function getModule(name) { switch (name) { ${cases.join('\n')} } }`;
}

/** Leads from one file to the modules of the others. */
function createBorder(root, places, here, names) {
  const resolved = {};
  return {
    name: 'border',
    setup: ({ onLoad, onResolve, resolve }) => {
      onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === resolved) return undefined;
        if (from.namespace === 'there') return { path, external: true };
        const { kind, importer, namespace, resolveDir } = from;
        const given = { kind, importer, namespace, resolveDir, pluginData: resolved };
        const found = await resolve(path, given);
        if (found.external || found.namespace !== 'file' || found.errors.length > 0) return undefined;
        const name = relative(root, found.path).split(sep).join('/');
        if ((places.get(name) ?? here) === here) return undefined;
        return { path: name, namespace: 'there', sideEffects: found.sideEffects };
      });
      onLoad({ filter: /./, namespace: 'there' }, ({ path }) => ({
        contents: renderThere(path, places.get(path), names.get(path)),
        resolveDir: root,
      }));
    },
  };
}

function renderThere(name, place, exports) {
  const module = `require('./${place}.cjs').getModule('${name}')`;
  if (exports === undefined) return `module.exports = ${module};`;
  const lines = exports.map((each) =>
    each === 'default' ? 'export default there.default;' : `export const ${each} = there.${each};`,
  );
  return [`const there = ${module};`, ...lines].join('\n');
}
