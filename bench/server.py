"""Starts a vakhta server for a bench: free port, fresh folder, ended by pid. Standard library only."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PASSWORD = "a long bench password 42"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, binary, folder=None):
        self.own = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="vakhta-bench-"))
        self.port = free_port()
        env = dict(os.environ, VAKHTA_DATA_DIR=str(self.folder), VAKHTA_PORT=str(self.port),
                   VAKHTA_ADMIN_PASSWORD=PASSWORD, VAKHTA_LOG_LEVEL="warn")
        self.begun = time.perf_counter()
        self.process = subprocess.Popen([binary, "serve"], env=env, stdout=subprocess.DEVNULL)
        self.ready_after = self._wait()

    def _wait(self):
        while time.perf_counter() - self.begun < 60:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with {self.process.returncode}")
            try:
                if self.request("GET", "/health/ready")[0] == 200:
                    return time.perf_counter() - self.begun
            except OSError:
                time.sleep(0.002)
        raise SystemExit("the server did not become ready within 60 s")

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def sign_in(self):
        body = json.dumps({"username": "admin", "password": PASSWORD})
        status, text = self.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
        assert status == 200, text
        return {"Authorization": "Bearer " + json.loads(text)["token"]}

    def memory(self, field):
        """A field of /proc/PID/status in MiB: VmRSS now, VmHWM at its peak."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise SystemExit(f"/proc says nothing of {field}")

    def cpu(self):
        """CPU seconds used so far, user and system."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)
