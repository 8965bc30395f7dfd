// Bundles a program as a few files, as V8 keeps an entry for every function of a file, called or not, and reads them all: `main`, with
// what its usual run needs, one for each other kind of run, and `rest`. A file is loaded with the first import() of something in it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds `main.cjs`, one file for each of `kinds`, and `rest.cjs`. Of the kinds, `main` included, the modules are given that such a run
 * imports by import(); each file has what the ones before it lack, and no module is in two. The modules of `main` are all run when it is
 * loaded, those of the others when they are asked for. Returns the names of all modules.
 */
export async function buildSplit(options, { entry, exported, kinds, outdir }) {
  const { inputs } = (await build({ ...options, entryPoints: [entry], outdir, write: false, metafile: true }))
    .metafile;
  const places = getPlaces(inputs, entry, kinds);
  const shared = getShared(inputs, places);
  const names = await readExports(options, inputs, [...shared]);
  mkdirSync(outdir, { recursive: true });
  const used = new Set();
  // The first one last: of it only those names are kept that the others use.
  for (const place of [...new Set(places.values())].reverse()) {
    const own = [...shared].filter((name) => places.get(name) === place);
    const contents =
      place === 'main'
        ? `export { ${exported} } from './${entry}';\n${renderGetNames(own, getUsed(names, used, inputs, places))}`
        : renderGetModule(own);
    const outfile = join(outdir, `${place}.cjs`);
    const { metafile, outputFiles } = await build({
      ...options,
      stdin: {
        contents: `'use strict';\n${contents}`,
        resolveDir: options.absWorkingDir,
        sourcefile: `${place}.js`,
      },
      outfile,
      metafile: true,
      write: false,
      plugins: [createBorder(options.absWorkingDir, places, place, names), ...options.plugins],
    });
    for (const [use] of outputFiles[0].text.matchAll(USE)) used.add(use.replace(/^there\d*/, ''));
    writeFileSync(outfile, place === 'main' ? outputFiles[0].text : withoutCopies(outputFiles[0].text));
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

/** The modules that another file imports, and those of `main` that it imports by import(). */
function getShared(inputs, places) {
  const shared = new Set();
  for (const [name, { imports }] of Object.entries(inputs)) {
    for (const { path, kind, external } of imports) {
      if (external === true || isMade(path)) continue;
      const isFar = isMade(name) || places.get(name) !== places.get(path);
      if (isFar || isFetched(kind, places.get(path))) shared.add(path);
    }
  }
  return shared;
}

// Were it bundled as an import(), esbuild would wrap the module and all that it imports in functions, for each to run when asked for.
const isFetched = (kind, place) => kind === 'dynamic-import' && place === 'main';

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

// For require() esbuild copies the names of an ES module into an object; here each is read once.
function withoutCopies(text) {
  return text.replaceAll(/(case"[^"]+":return init_\w+\(\)),__toCommonJS\((\w+)\)/g, '$1,$2');
}

function renderGetModule(modules) {
  return renderSwitch(modules, (name) => `require('./${name}')`);
}

/** The same of modules that have run. */
function renderGetNames(modules, names) {
  const imports = modules.flatMap((name, i) => {
    const list = names.get(name)?.map((each, j) => `${each} as m${i}_${j}`);
    return list === undefined ? [] : [`import { ${list.join(', ')} } from './${name}';`];
  });
  const getNames = (name, i) => `({ ${names.get(name).map((each, j) => `'${each}': m${i}_${j}`)} })`;
  const getModule = (name, i) => (names.has(name) ? getNames(name, i) : `require('./${name}')`);
  return [...imports, renderSwitch(modules, getModule)].join('\n');
}

function renderSwitch(modules, render) {
  const cases = modules.map((name, i) => `case '${name}': return ${render(name, i)};`);
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
        if (/^there/.test(from.namespace)) return { path, external: true };
        const { kind } = from;
        const found = await resolve(path, { ...from, pluginData: resolved });
        if (found.external || found.namespace !== 'file' || found.errors.length > 0) return undefined;
        const name = relative(root, found.path).split(sep).join('/');
        const place = places.get(name);
        if (place === undefined || (place === here && !isFetched(kind, place))) return undefined;
        const namespace = kind === 'dynamic-import' ? 'there-later' : 'there';
        return { path: name, namespace, sideEffects: found.sideEffects };
      });
      onLoad({ filter: /^/, namespace: 'there' }, ({ path }) => ({
        contents: renderThere(path, places.get(path), names.get(path)),
        resolveDir: root,
      }));
      onLoad({ filter: /^/, namespace: 'there-later' }, ({ path }) => ({
        contents: renderThereLater(path, places.get(path), names.get(path)),
        resolveDir: root,
      }));
    },
  };
}

// A call that is left out where nobody uses its name.
const USE = /\bthere\d*\("[^"]+","[^"]+"\)/g;

/** The names of each module that other files use, or an import() of its own. */
function getUsed(names, used, inputs, places) {
  const fetched = new Set(
    Object.values(inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ path, kind }) => isFetched(kind, places.get(path)))
      .map(({ path }) => path),
  );
  const isUsed = (name, each) => fetched.has(name) || used.has(`("${name}","${each}")`);
  return new Map([...names].map(([name, all]) => [name, all.filter((each) => isUsed(name, each))]));
}

function renderThere(name, place, exports) {
  const module = renderGet(name, place);
  if (exports === undefined) return `module.exports = ${module};`;
  const lines = exports.map((each) => {
    const target = each === 'default' ? 'default' : `const ${each} =`;
    return `export ${target} /* @__PURE__ */ there('${name}', '${each}');`;
  });
  return [`let module; const there = (_, name) => (module ??= ${module})[name];`, ...lines].join('\n');
}

// For an import(), which reads the names itself; only `default` means another thing where what it gets is CommonJS.
function renderThereLater(name, place, exports) {
  if (exports?.includes('default')) return renderThere(name, place, exports);
  return `module.exports = ${renderGet(name, place)};`;
}

const renderGet = (name, place) => `require('./${place}.cjs').getModule('${name}')`;
