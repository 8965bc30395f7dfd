export default () => globalThis.testing.stop();
