// All that is imported of the Kubernetes client: the build bundles this file, which makes it load in a seventh of the time.
export { KubeConfig } from '@kubernetes/client-node';
// What the client reads and writes YAML with, too.
export { dump as renderYaml, load as loadYaml } from 'js-yaml';
