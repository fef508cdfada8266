"""Real peers on loopback: a TCP server and an HTTP(S) server that a test stops and starts again."""

import contextlib
import http.server
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from monitoring.models import AllowedNetwork


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def allow_loopback(ports="1-65535"):
    return AllowedNetwork.objects.create(network="127.0.0.0/8", ports=ports)


@contextlib.contextmanager
def listener(port=0, *, says=b"", answers=True):
    """A TCP server; yields (port, how many connections it saw as a list)."""
    seen, stop = [], threading.Event()
    sock = socket.create_server(("127.0.0.1", port))
    sock.settimeout(0.05)

    def serve():
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _place = sock.accept()
                seen.append(connection)
                if says:
                    connection.sendall(says)
                if answers:
                    connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield sock.getsockname()[1], seen
    finally:
        stop.set()
        thread.join()
        for connection in seen:
            connection.close()
        sock.close()


class Page(http.server.BaseHTTPRequestHandler):
    """/ok says ログイン, /moved leads elsewhere, /host says which Host was asked for."""

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", self.server.elsewhere)
            self.end_headers()
            return
        body = self.headers["Host"] if self.path == "/host" else "ログイン画面"
        self.send_response(200 if self.path != "/broken" else 503)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def web(port=0, *, folder=None, ends=None, elsewhere=""):
    """An HTTP server; in TLS if `ends` says when its certificate (made in `folder`) does; yields its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Page)
    server.elsewhere = elsewhere
    if ends is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder, ends))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_peer: None  # who does not trust the certificate hangs up
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder, ends):
    """A PEM file with a self-signed certificate of localhost that ends at `ends`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(min(datetime(2026, 1, 1, tzinfo=UTC), ends - timedelta(days=1)))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path
