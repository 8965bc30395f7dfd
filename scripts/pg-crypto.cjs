// In place of pg's own, which is written for browsers, too: to get Web Crypto ready takes Node longer than the whole login.
const { createHash, createHmac, pbkdf2, randomBytes } = require('node:crypto');
const { promisify } = require('node:util');

const md5 = (data) => createHash('md5').update(data).digest('hex');

module.exports = {
  randomBytes,
  md5,
  // https://www.postgresql.org/docs/current/protocol-flow.html (AuthenticationMD5Password)
  postgresMd5PasswordHash: (user, password, salt) =>
    `md5${md5(Buffer.concat([Buffer.from(md5(password + user)), salt]))}`,
  sha256: (data) => createHash('sha256').update(data).digest(),
  // Web Crypto's names: SHA-256.
  hashByName: (name, data) => createHash(name.replace(/^SHA-/, 'SHA')).update(data).digest(),
  hmacSha256: (key, message) => createHmac('sha256', key).update(message).digest(),
  // In a thread, as the server says how often it is done.
  deriveKey: (password, salt, iterations) => promisify(pbkdf2)(password, salt, iterations, 32, 'sha256'),
};
