// All that is imported of the Kubernetes client: the build bundles this file, which makes it load in a seventh of the time.
export { KubeConfig } from '@kubernetes/client-node';
// The parser that the client has, too.
export { load as loadYaml } from 'js-yaml';
