import type { ClusterObject } from '../kinds.js';
import type { Style } from './request.js';

type Annotations = Readonly<Record<string, string>>;

// https://helm.sh/docs/topics/charts_hooks/
const HELM = {
  'helm.sh/hook': 'pre-install,pre-upgrade',
  'helm.sh/hook-delete-policy': 'before-hook-creation',
};
// https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
const WAVE = 'argocd.argoproj.io/sync-wave';

/** What each tool needs to be told: of what the Job stands on, and of the Job. */
const ANNOTATIONS: Readonly<Record<Style, { readonly base: Annotations; readonly job: Annotations }>> = {
  plain: { base: {}, job: {} },
  helm: {
    base: { ...HELM, 'helm.sh/hook-weight': '-10' },
    job: { ...HELM, 'helm.sh/hook-weight': '-5' },
  },
  argo: {
    base: { [WAVE]: '-2' },
    job: {
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
      [WAVE]: '-1',
    },
  },
};

/** The object with what its tool is to be told about it. */
export function withStyle(object: ClusterObject, style: Style): ClusterObject {
  const annotations = ANNOTATIONS[style][object.kind === 'Job' ? 'job' : 'base'];
  if (Object.keys(annotations).length === 0) return object;
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The value with every `{{` so that a chart's template leaves it as it is; those of the namespace are meant. */
export function withTemplateEscapes<T>(value: T, namespace: string): T {
  if (typeof value === 'string') {
    return (value === namespace ? value : value.replaceAll('{{', '{{ "{{" }}')) as T;
  }
  if (Array.isArray(value)) return value.map((item) => withTemplateEscapes(item, namespace)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withTemplateEscapes(item, namespace)]);
  return Object.fromEntries(entries) as T;
}
