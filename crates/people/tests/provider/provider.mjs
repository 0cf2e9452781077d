// A real identity provider (npm: oidc-provider) on a free port, for the tests of signing in with it. Sends people back to
// the address in BACK. Prints its own.
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'mineban',
      client_secret: 'a secret between the two',
      redirect_uris: [process.env.BACK],
    }],
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'ada@example.org', email_verified: true }) }),
    cookies: { keys: ['only for this test'] },
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
