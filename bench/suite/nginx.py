"""nginx, as the yardstick and as the proxy in front."""

from pathlib import Path

from suite.processes import Program, free_port

# One worker, as it has one core; connections are never closed for having served enough.
FRAME = """
user root;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log {access_log};
  keepalive_requests 1000000000;
  open_file_cache max=16;
  large_client_header_buffers 4 16k;
  client_body_temp_path {directory}/body; fastcgi_temp_path {directory}/fastcgi;
  proxy_temp_path {directory}/proxy; scgi_temp_path {directory}/scgi; uwsgi_temp_path {directory}/uwsgi;
  {upstream}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    listen unix:{socket} backlog=4096;
    {locations}
  }}
}}
"""

STATIC = "location / { return 204; }"

UPSTREAM = "upstream gate {{ server {server}; keepalive 128; keepalive_requests 1000000000; }}"

# As in deploy/: everything that the gate's dialect reads is set here, whatever the client sent.
GUARDED = """
    root {directory};
    location / { auth_request /auth; try_files /page =404; }
    location = /auth {
      internal;
      proxy_pass http://gate{path};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URI $request_uri;
      proxy_set_header X-Original-Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_buffer_size 16k;
      proxy_buffers 4 16k;
    }
"""


class Nginx:
    def __init__(self, directory, locations, upstream="", access_log="off"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True)
        for name in ("body", "fastcgi", "proxy", "scgi", "uwsgi"):
            (self.directory / name).mkdir()
        self.port = free_port()
        self.socket = self.directory / "nginx.sock"
        text = FRAME.format(
            directory=self.directory,
            access_log=access_log,
            upstream=upstream,
            port=self.port,
            socket=self.socket,
            locations=locations,
        )
        (self.directory / "nginx.conf").write_text(text)
        self.program = Program(
            ["nginx", "-c", self.directory / "nginx.conf", "-g", "daemon off;"], self.directory / "output.txt"
        ).wait_listening(self.port)

    @classmethod
    def static(cls, directory, **more):
        """Answers 204 to everything."""
        return cls(directory, STATIC, **more)

    @classmethod
    def guarding(cls, directory, server, path):
        """Serves one small page, after asking `server` (an address of nginx's) at `path` whether it may."""
        directory = Path(directory)
        locations = GUARDED.replace("{directory}", str(directory)).replace("{path}", path)
        made = cls(directory, locations, upstream=UPSTREAM.format(server=server))
        (directory / "page").write_text("a page\n")
        return made

    def stop(self):
        self.program.stop()
