import { expect, test } from 'vitest';
import { getProvider, type Wanted } from '../../scripts/cluster/provider.js';

const nothing: Wanted = { useKubeconfig: false, provider: null };
const never = (): boolean => {
  throw new Error('Docker is not to be asked');
};

test('the cluster for tests is made in Docker where that can be, and else on this machine', () => {
  expect(getProvider(nothing, null, () => true)).toEqual({ provider: 'kind' });
  expect(getProvider(nothing, null, () => false)).toEqual({ provider: 'own' });
});

test('what was asked for is taken', () => {
  expect(getProvider({ ...nothing, provider: 'own' }, null, never)).toEqual({ provider: 'own' });
  expect(getProvider({ ...nothing, useKubeconfig: true }, null, never)).toEqual({ provider: 'given' });
});

test('a cluster that is there stays, and is not changed for another', () => {
  expect(getProvider(nothing, 'given', never)).toEqual({ provider: 'given' });
  expect(getProvider({ ...nothing, useKubeconfig: true }, 'own', never)).toMatchObject({
    message: expect.stringMatching(/There is a cluster already.*cluster:down comes first/),
  });
});
