import type { ClusterErrorArgs } from './cluster-args.js';
import { renderCount, renderList } from './measure.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

const seeAlso = (nearest: readonly string[]): string =>
  nearest.length === 0 ? '' : `; did you mean ${nearest.join(' or ')}?`;
const inspect = (kind: string, name: string): string => `kubectl describe ${kind} ${name} tells more.`;

/** Every sentence about a cluster. */
export const CLUSTER_WORDS: { readonly [C in keyof ClusterErrorArgs]: (args: ClusterErrorArgs[C]) => Words } =
  {
    KUBECONFIG_MISSING: ({ files, from }) => ({
      message: `there is no kubeconfig ${files.join(', ')}${from === 'KUBECONFIG' ? ' (named by KUBECONFIG)' : ''}`,
      hint: 'Name it with --kubeconfig FILE, or set KUBECONFIG.',
    }),
    KUBECONFIG_INVALID: ({ file, reason }) => ({
      message: `the kubeconfig ${file} cannot be used: ${reason}`,
      hint: `kubectl --kubeconfig ${file} config view shows how kubectl reads it.`,
    }),
    CONTEXT_UNKNOWN: ({ context, contexts, source }) => ({
      message:
        context === ''
          ? `the kubeconfig ${source} has no current context`
          : `the kubeconfig ${source} has no context ${context}`,
      hint:
        contexts.length === 0
          ? 'It has none at all.'
          : `It has: ${renderList(contexts, 10)}. Choose one with --context.`,
    }),
    CLUSTER_CREDENTIALS_FAILED: ({ reason, source, user }) => ({
      message: `the credentials of user ${user} (kubeconfig ${source}) are not to be had: ${reason}`,
      hint: 'Run the command that the kubeconfig names for this user by hand, or log in again.',
    }),
    API_UNREACHABLE: ({ reason, server }) => ({
      message: `the Kubernetes API server ${server} cannot be reached: ${reason}`,
      hint: 'Is the cluster up, and is this the right context? kubectl cluster-info asks the same server.',
    }),
    API_CERTIFICATE_UNTRUSTED: ({ reason, server, source }) => ({
      message: `the certificate of the Kubernetes API server ${server} is not trusted: ${reason}`,
      hint: `The certificate-authority in ${source} is not the one that signed it: was the cluster made anew?`,
    }),
    API_CREDENTIALS_REFUSED: ({ context, server, source }) => ({
      message: `the Kubernetes API server ${server} does not accept the credentials of context ${context} (${source})`,
      hint: 'A token or certificate has expired or belongs to another cluster: log in again, or choose another --context.',
    }),
    API_FAILED: ({ reason, server, what }) => ({
      message: `the Kubernetes API server ${server} could not ${what}: ${reason}`,
      hint: 'It may be starting or overloaded: try again.',
    }),
    RIGHT_MISSING: ({ group, namespace, reason, resource, verb }) => {
      const place = namespace === null ? '' : ` in namespace ${namespace}`;
      return {
        message: `the right to ${verb} ${resource}${place} is missing: ${reason}`,
        hint: [
          `Add this rule to a ${namespace === null ? 'ClusterRole' : 'Role'} of that user${place} (docs/kubernetes.md has the whole Role):`,
          `  - apiGroups: ["${group}"]`,
          `    resources: ["${resource}"]`,
          // Which of the two it is depends on the version of the API server.
          `    verbs: [${(resource === 'pods/portforward' ? ['get', 'create'] : [verb]).map((each) => `"${each}"`).join(', ')}]`,
        ].join('\n'),
      };
    },
    QUOTA_EXCEEDED: ({ namespace, reason, what }) => ({
      message: `the quota of namespace ${namespace ?? 'default'} does not allow to ${what}: ${reason}`,
      hint: `Raise it, or make room: kubectl describe quota --namespace ${namespace ?? 'default'} tells what is used.`,
    }),
    NAMESPACE_MISSING: ({ namespace, nearest }) => ({
      message: `there is no namespace ${namespace}${seeAlso(nearest)}`,
      hint: 'Give the right one with --namespace; kubectl get namespaces lists them.',
    }),
    SERVICE_MISSING: ({ namespace, nearest, others, service }) => ({
      message: `there is no service ${service} in namespace ${namespace}${seeAlso(nearest)}`,
      hint:
        others.length === 0
          ? 'The namespace has no service at all: is PostgreSQL deployed there?'
          : `It has: ${renderList(others, 10)}. Name one with --postgres-service.`,
    }),
    SERVICE_WITHOUT_PODS: ({ namespace, nearest, selector, service }) => ({
      message:
        selector === null
          ? `no pod stands behind service ${service} in namespace ${namespace}: it has no selector, and its addresses lead elsewhere`
          : `no pod in namespace ${namespace} has the labels ${selector}${service === null ? '' : ` that service ${service} selects`}`,
      hint:
        nearest.length > 0
          ? `The nearest: ${nearest.map(({ labels, pod }) => `${labels} (pod ${pod})`).join('; ')}.`
          : selector === null
            ? 'A tunnel leads to a pod: give the URL of the server with --url instead.'
            : 'Is PostgreSQL deployed there, and scaled to more than none?',
    }),
    SERVICE_WITHOUT_PORT: ({ port, ports, service }) => ({
      message:
        port === null
          ? `service ${service} has ${renderCount(ports.length, 'port')}, and none of them is PostgreSQL's by number or name`
          : `service ${service} has no port ${port}`,
      hint: ports.length === 0 ? 'It has none at all.' : `It has: ${ports.join(', ')}. Name one with --port.`,
    }),
    PORT_UNNAMED: ({ pod, port, ports }) => ({
      message: `pod ${pod} has no port named ${port}`,
      hint: ports.length === 0 ? 'Its containers name no port.' : `It names: ${ports.join(', ')}.`,
    }),
    POD_MISSING: ({ namespace, nearest, pod }) => ({
      message: `there is no pod ${pod} in namespace ${namespace}${seeAlso(nearest)}`,
      hint: 'A pod of a deployment has a new name each time: name its service or labels instead.',
    }),
    POD_UNSCHEDULABLE: ({ pod, reason }) => ({
      message: `pod ${pod} finds no node to run on: ${reason}`,
      hint: inspect('pod', pod),
    }),
    IMAGE_NOT_PULLABLE: ({ container, image, pod, reason }) => ({
      message: `the image ${image} of container ${container} in pod ${pod} cannot be pulled: ${reason}`,
      hint: 'Is the name right, is the tag there, and may this cluster pull it?',
    }),
    CONTAINER_NOT_CREATED: ({ container, pod, reason }) => ({
      message: `container ${container} of pod ${pod} cannot be started: ${reason}`,
      hint: 'Something that its spec names is missing: a Secret, a ConfigMap, a command.',
    }),
    POD_CRASH_LOOP: ({ container, exitCode, pod, restarts }) => ({
      message: `container ${container} of pod ${pod} ends again and again (exit code ${exitCode ?? 'unknown'}, ${renderCount(restarts, 'restart')})`,
      hint: `kubectl logs ${pod} -c ${container} --previous shows all of its last words.`,
    }),
    POD_OOM_KILLED: ({ container, pod, restarts }) => ({
      message: `container ${container} of pod ${pod} was killed because it used more memory than its limit (${renderCount(restarts, 'restart')})`,
      hint: 'Raise resources.limits.memory of the container.',
    }),
    POD_FAILED: ({ phase, pod, reason }) => ({
      message: `pod ${pod} has ended (${phase})${reason === '' ? '' : `: ${reason}`}`,
      hint: inspect('pod', pod),
    }),
    POD_NOT_READY: ({ container, pod, reason }) => ({
      message: `container ${container} of pod ${pod} runs but is not ready: ${reason}`,
      hint: inspect('pod', pod),
    }),
    WORKLOAD_REFUSED: ({ kind, name, reason }) => ({
      message: `the cluster does not let ${kind} ${name} make its pods: ${reason}`,
      hint: 'kubectl describe quota,limitrange in the namespace tells what is used and allowed.',
    }),
    POD_STARTING: ({ pod, reason }) => ({
      message: `pod ${pod} is not running yet: ${reason}`,
      hint: 'Give it more time with --timeout.',
    }),
    POD_BEING_REPLACED: ({ pod }) => ({
      message: `pod ${pod} is being taken away, and no other one is there yet`,
      hint: 'Give the next one more time with --timeout.',
    }),
    PORT_CLOSED: ({ pod, port }) => ({
      message: `nothing listens on port ${port} inside of pod ${pod}`,
      hint: 'Is it the right port (--port), and does PostgreSQL listen on all addresses (listen_addresses)?',
    }),
    NOT_POSTGRES: ({ target }) => ({
      message: `${target}: what listens there does not answer as PostgreSQL does`,
      hint: 'Is it the right port (--port)?',
    }),
    CREDENTIAL_MISSING: ({ key, keys, kind, namespace, object }) => ({
      message:
        keys === null
          ? `there is no ${kind} ${object} in namespace ${namespace}`
          : `${kind} ${object} in namespace ${namespace} has no key ${key}`,
      hint:
        keys === null || keys.length === 0
          ? `Make it, or give the password in another way (PGPASSWORD, --password-secret NAME/KEY).`
          : `It has: ${keys.join(', ')}.`,
    }),
  };
