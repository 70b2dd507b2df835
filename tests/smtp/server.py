"""A mail server for tests: python3 server.py MODE MAIL_DIR [CERT KEY]

MODE is plain, starttls or tls. Prints its port, then stores every accepted mail as MAIL_DIR/N.eml and
ends when its standard input is closed. Log-in is demanded unless MODE is plain (ana / p@ss wörd).
MAIL_DIR/N.to names its recipients, MAIL_DIR/connections has a byte for every connection.
Recipients: never@ is refused for good, grey@ is put off twice, behind a mail to hangup@ the connection is closed,
and the acknowledgement of the first mail to lostack@ is lost.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Post:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.put_off = 0
        self.lost = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never@"):
            return "550 5.1.1 no such person"
        if address.startswith("grey@") and self.put_off < 2:
            self.put_off += 1
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        (self.folder / f"{self.count}.eml").write_bytes(envelope.original_content)
        (self.folder / f"{self.count}.to").write_text("\n".join(envelope.rcpt_tos))
        first = envelope.rcpt_tos[0]
        if first.startswith("hangup@"):
            asyncio.get_running_loop().call_soon(server.transport.close)
        if first.startswith("lostack@") and not self.lost:
            self.lost = True
            server.transport.abort()
        return "250 2.0.0 taken"


def authenticator(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        b"ana",
        "p@ss wörd".encode(),
    )
    return AuthResult(success=known, handled=False)


async def main(mode, folder, cert=None, key=None):
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
    post = Post(pathlib.Path(folder))

    def session():
        with open(post.folder / "connections", "ab") as log:
            log.write(b".")
        return SMTP(
            post,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            authenticator=authenticator,
            auth_required=mode != "plain",
            auth_require_tls=mode == "starttls",
        )

    loop = asyncio.get_running_loop()
    wrapped = context if mode == "tls" else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=wrapped)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
