import { getFolderVolume, isFolderAlone } from './folder.js';
import { HISTORY_PATH, type ManifestRequest, type SecretKey } from './request.js';

const HISTORY = 'plinth-history';
const TMP = 'plinth-tmp';
/** The container of a Job. */
export const APPLY_CONTAINER = 'plinth';

/** The container that runs a command of Plinth, as the restricted Pod Security Standard wants it. */
export function createContainer(
  request: ManifestRequest,
  command: 'apply' | 'wait',
): Readonly<Record<string, unknown>> {
  const { image, passwordSecret, urlSecret, words } = request;
  const mountPath = getMountPath(request);
  return {
    name: command === 'wait' ? 'plinth-wait' : APPLY_CONTAINER,
    image,
    // Kubernetes would put a variable in the place of $(NAME).
    args: [command, ...words].map((word) => word.replaceAll('$(', '$$$$(')),
    env: [...getVariable('DATABASE_URL', urlSecret), ...getVariable('PGPASSWORD', passwordSecret)],
    // What is in the way is in the pod's status, too.
    terminationMessagePolicy: 'FallbackToLogsOnError',
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
      ...(mountPath === null ? [] : [{ name: HISTORY, mountPath, readOnly: true }]),
      { name: TMP, mountPath: '/tmp' },
    ],
  };
}

const getVariable = (name: string, secretKeyRef: SecretKey | null) =>
  secretKeyRef === null ? [] : [{ name, valueFrom: { secretKeyRef } }];

// The root of an image is the folder itself, or, where there is more than it, what all has in common.
function getMountPath({ folder, migrationsImage, migrationsInImage }: ManifestRequest): string | null {
  if (migrationsInImage) return null;
  const isRoot = migrationsImage !== null && isFolderAlone(folder);
  return isRoot ? `${HISTORY_PATH}/${folder.locations[0]}` : HISTORY_PATH;
}

/** What the container mounts. */
export const createVolumes = (request: ManifestRequest, configMap: string) => [
  ...(request.migrationsInImage ? [] : [{ name: HISTORY, ...getFolderVolume(request, configMap) }]),
  { name: TMP, emptyDir: { sizeLimit: '64Mi' } },
];
