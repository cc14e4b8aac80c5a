"""Receives webhooks behind a proxy with TLS: ZKSERVE_WEBHOOK_SECRET=whsec_... python3 receive_webhooks.py PORT"""

import os
import pathlib
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from zkserve import InvalidSignature, verify_webhook  # noqa: E402

secret = os.environ["ZKSERVE_WEBHOOK_SECRET"]
seen = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            event = verify_webhook(secret, self.headers, body)
        except InvalidSignature as error:
            self.send_error(400, str(error))
            return
        # A delivery may come twice; its id says so.
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            print(event["type"], event["data"], flush=True)
        self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
