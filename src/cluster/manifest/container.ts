import { getFolderVolume } from './folder.js';
import { HISTORY_PATH, type ManifestRequest } from './request.js';

const HISTORY = 'plinth-history';
const TMP = 'plinth-tmp';

/** The container that runs a command of Plinth, as the restricted Pod Security Standard wants it. */
export function createContainer(
  request: ManifestRequest,
  command: 'apply' | 'wait',
): Readonly<Record<string, unknown>> {
  const { image, passwordSecret, words } = request;
  const { key, name } = passwordSecret;
  return {
    name: command === 'wait' ? 'plinth-wait' : 'plinth',
    image,
    // Kubernetes would put a variable in the place of $(NAME).
    args: [command, ...words].map((word) => word.replaceAll('$(', '$$$$(')),
    env: [{ name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name, key } } }],
    resources: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '1', memory: '512Mi' },
    },
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: 65532,
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: HISTORY, mountPath: getMountPath(request), readOnly: true },
      { name: TMP, mountPath: '/tmp' },
    ],
  };
}

// The root of an image is the folder itself, or what several locations have in common.
function getMountPath({ folder: { locations }, migrationsImage }: ManifestRequest): string {
  const isFolder = migrationsImage !== null && locations.length === 1 && !/\.sql$/i.test(locations[0]!);
  return isFolder ? `${HISTORY_PATH}/${locations[0]}` : HISTORY_PATH;
}

/** What the container mounts. */
export const createVolumes = (request: ManifestRequest, configMap: string) => [
  { name: HISTORY, ...getFolderVolume(request, configMap) },
  { name: TMP, emptyDir: { sizeLimit: '64Mi' } },
];
