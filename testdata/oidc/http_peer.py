"""A web server for tests. It prints its port, and ends with its standard input.

    /echo       200 and what was asked, as JSON
    /redirect   302 to /echo
    /size/N     200 and N bytes
    /silence…   no answer
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ended = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/redirect":
            self.answer(302, b"", Location="/echo")
        elif self.path.startswith("/size/"):
            self.answer(200, b"x" * int(self.path.split("/")[2]))
        elif self.path.startswith("/silence"):
            ended.wait()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked = {"method": self.command, "path": self.path, "body": body, "fields": dict(self.headers)}
            self.answer(200, json.dumps(asked).encode())

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
ended.set()
