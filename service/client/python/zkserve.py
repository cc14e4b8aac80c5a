"""Client of a zkserve service in one file, with Python's standard library alone (3.9 and newer).

    from zkserve import Zkserve

    service = Zkserve("http://127.0.0.1:8080", api_key="zk_...")
    answer = service.infer_and_prove({"input": [0.0] * 64})
    print(answer["label"], answer["publicSignals"])

Proofs are checked by `zkserve verify`, by contracts, or by the TypeScript client: pairings are more than the
standard library has.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Union

Json = Dict[str, Any]

FINAL = frozenset({"succeeded", "failed", "cancelled", "expired"})
# Refusals that took nothing on: the same request may come again.
PASSING = frozenset(
    {
        *("QUEUE_FULL", "RATE_LIMITED", "TOO_MANY_STREAMS"),
        *("DATABASE_UNAVAILABLE", "STORE_UNAVAILABLE", "NO_ABLE_WORKER", "PAYMENTS_UNAVAILABLE"),
    }
)
GATEWAYS = frozenset({502, 503, 504})
# Seconds that the service is asked to wait for a proof before it gives the job instead.
WAIT = 20
# Seconds that an attempt waits at most, whatever Retry-After asks for.
LONGEST_PAUSE = 60.0


class ZkserveError(Exception):
    """What the service refused or failed with, by its code; or NETWORK, UNEXPECTED_REPLY.

    Attributes: code, status (0 without an answer), hints, details, request_id.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 0,
        hints: Optional[List[str]] = None,
        details: Optional[Json] = None,
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.hints = hints or []
        self.details = details or {}
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.code}: {self.args[0]}"


class Access:
    """Signs requests for a model whose owner asks for a grant (EIP-712, InferenceRequest).

    chain_id, grants, registry, model_id, version: name the model yourself, so that no service has you sign for another.
    requester: the account that has the grant. sign: takes typed data (types, domain, primaryType, message), gives the
    signature as bytes or 0x hex. With eth-account:

        account = eth_account.Account.from_key(key)
        Access(..., account.address, lambda data: account.sign_typed_data(full_message=data).signature)
    """

    # Seconds for which a signature is good.
    LIFETIME = 600

    def __init__(
        self,
        chain_id: int,
        grants: str,
        registry: str,
        model_id: int,
        version: int,
        requester: str,
        sign: Callable[[Json], Union[bytes, str]],
    ) -> None:
        self.chain_id = chain_id
        self.grants = grants
        self.model = {"registry": registry, "modelId": model_id, "version": version}
        self.requester = requester
        self.sign = sign

    def headers(self, body: bytes) -> Dict[str, str]:
        """The headers of a signed request with this body, once."""
        # As large as numbers of JSON are exact: the signer may be elsewhere.
        nonce, deadline = random.SystemRandom().getrandbits(53), int(time.time()) + self.LIFETIME
        signed = {"body": "0x" + keccak256(body).hex(), "requester": self.requester}
        data = {
            "types": {
                "EIP712Domain": _fields("name:string version:string chainId:uint256 verifyingContract:address"),
                "InferenceRequest": _fields(
                    "registry:address modelId:uint256 version:uint32 body:bytes32 requester:address"
                    " nonce:uint256 deadline:uint48"
                ),
            },
            "primaryType": "InferenceRequest",
            "domain": {
                **{"name": "zkserve access", "version": "1"},
                **{"chainId": self.chain_id, "verifyingContract": self.grants},
            },
            "message": {**self.model, **signed, "nonce": nonce, "deadline": deadline},
        }
        signature = self.sign(data)
        text = signature if isinstance(signature, str) else bytes(signature).hex()
        sent = {"requester": self.requester, "nonce": str(nonce), "deadline": deadline}
        sent["signature"] = "0x" + text[2:] if text.startswith("0x") else "0x" + text
        encoded = base64.urlsafe_b64encode(json.dumps(sent).encode()).decode().rstrip("=")
        return {"Zkserve-Access": encoded}


class InvalidSignature(Exception):
    """A webhook that the service did not sign, or that is too old."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Redirects could carry the key elsewhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Zkserve:
    """A zkserve service.

    url: base address. api_key: where the service asks for keys. timeout: seconds without an answer after which an
    attempt counts as lost. retries: attempts after the first, of what may safely be sent again.
    """

    def __init__(
        self, url: str, api_key: Optional[str] = None, timeout: float = 30.0, retries: int = 4
    ) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.retries = retries
        self._headers = {} if api_key is None else {"Authorization": f"Bearer {api_key}"}
        self._opener = urllib.request.build_opener(_NoRedirects)

    # Inference

    def infer(self, request: Mapping[str, Any], access: Optional[Access] = None) -> Json:
        """The model's answer, without proof. `request` is the body of POST /infer."""
        # A signed request is taken once: sent again, it would be refused for that.
        return self._infer({**request, "proof": False}, {}, access, repeatable=access is None)

    def submit(
        self,
        request: Mapping[str, Any],
        idempotency_key: Optional[str] = None,
        access: Optional[Access] = None,
    ) -> Json:
        """Has an answer proven and returns at once; `reply["job"]["id"]` is for `result`."""
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4()), "Prefer": "respond-async"}
        return self._infer(request, headers, access)

    def infer_and_prove(
        self,
        request: Mapping[str, Any],
        idempotency_key: Optional[str] = None,
        on_event: Optional[Callable[[Json], None]] = None,
        access: Optional[Access] = None,
    ) -> Json:
        """The model's answer with its proof. Whatever breaks on the way, one job is made and followed to its end."""
        prefer = f"wait={WAIT}" if on_event is None else "respond-async"
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4()), "Prefer": prefer}
        try:
            reply = self._infer(request, headers, access, patience=WAIT)
        except ZkserveError as error:
            # The connection broke while the first attempt waited: its job is there.
            if error.code != "IDEMPOTENCY_BUSY":
                raise
            return self.result(str(error.details["job"]).rsplit("/", 1)[-1], on_event)
        return self.result(reply["job"]["id"], on_event) if "job" in reply else reply

    def _infer(
        self,
        request: Mapping[str, Any],
        headers: Mapping[str, str],
        access: Optional[Access],
        repeatable: bool = True,
        patience: float = 0,
    ) -> Json:
        # The bytes that are signed are those that are sent.
        body = json.dumps(dict(request)).encode()
        signed = {} if access is None else access.headers(body)
        sent = {"Content-Type": "application/json", **headers, **signed}
        return self._json("POST", "/infer", body, headers=sent, repeatable=repeatable, patience=patience)

    def verify(self, proof: Mapping[str, Any]) -> Json:
        """Whether a proof holds, as the service sees it."""
        return self._json("POST", "/verify", dict(proof), repeatable=True)

    # Jobs

    def job(self, job_id: str) -> Json:
        return self._json("GET", f"/jobs/{_quote(job_id)}")

    def jobs(self, **query: Union[str, int]) -> Iterator[Json]:
        """All jobs of the key's tenant, newest first; `state` and `limit` (of a page) as GET /jobs takes them."""
        yield from self._pages("/jobs", "jobs", query)

    def cancel(self, job_id: str) -> Json:
        return self._json("DELETE", f"/jobs/{_quote(job_id)}")

    def events(self, job_id: str) -> Iterator[Json]:
        """What a job goes through, from its beginning to its end; a stream that breaks goes on where it was."""
        last = ""
        while True:
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
            with self._send("GET", f"/jobs/{_quote(job_id)}/events", headers=headers) as stream:
                if stream.status == 204:
                    return
                try:
                    for last, event in _read_events(stream):
                        yield event
                        if event["state"] in FINAL:
                            return
                except (OSError, http.client.HTTPException):
                    pass  # It is opened again.
            time.sleep(1)

    def result(self, job_id: str, on_event: Optional[Callable[[Json], None]] = None) -> Json:
        """The result of a job once it has ended; raises what it failed with."""
        for event in self.events(job_id):
            if on_event is not None:
                on_event(event)
        job = self.job(job_id)
        if job["state"] == "succeeded":
            return job["result"]
        if job["error"] is not None:
            raise _from_problem(job["error"]["status"], job["error"])
        raise ZkserveError(job["state"].upper(), f"the job was {job['state']}")

    # Models

    def models(self, **query: Union[str, int]) -> Iterator[Json]:
        yield from self._pages("/models", "models", query)

    def model(self, model_id: str) -> Json:
        return self._json("GET", f"/models/{_quote(model_id)}")

    def model_part(self, model_id: str, part: str) -> Json:
        """`report`, `manifest`, `verification-key` or `solidity` of a model."""
        return self._json("GET", f"/models/{_quote(model_id)}/{_quote(part)}")

    def upload(
        self, model: bytes, calibration: bytes, options: Mapping[str, Any], calibration_name: str = "data.npz"
    ) -> Json:
        """Has a model built from an ONNX file and rows to calibrate with (.npz or JSON); gives its job."""
        boundary = uuid.uuid4().hex
        parts = [
            ("options", "options.json", "application/json", json.dumps(dict(options)).encode()),
            ("model", "model.onnx", "application/octet-stream", model),
            ("calibration", calibration_name, "application/octet-stream", calibration),
        ]
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            f"Content-Type: {kind}\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, file, kind, content in parts
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        body += f"--{boundary}--\r\n".encode()
        return self._json("POST", "/models", body, headers=headers, repeatable=True)

    def delete_model(self, model_id: str, cancel: bool = False) -> None:
        self._json("DELETE", f"/models/{_quote(model_id)}", query={"cancel": "true"} if cancel else {})

    # Webhooks

    def create_webhook(self, url: str) -> Json:
        """The reply's `secret` is shown this once; `verify_webhook` takes it."""
        return self._json("POST", "/webhooks", {"url": url})

    def webhooks(self) -> Iterator[Json]:
        yield from self._pages("/webhooks", "webhooks", {})

    def delete_webhook(self, webhook_id: str) -> None:
        self._json("DELETE", f"/webhooks/{_quote(webhook_id)}")

    # Requests

    def _pages(self, path: str, member: str, query: Mapping[str, Any]) -> Iterator[Json]:
        cursor: Optional[str] = None
        while True:
            page = self._json("GET", path, query={**query, **({"cursor": cursor} if cursor else {})})
            yield from page[member]
            cursor = page.get("next")
            if not cursor:
                return

    def _json(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        with self._send(method, path, body, **options) as response:
            if response.status == 204:
                return None
            try:
                return json.load(response)
            except ValueError as error:
                raise ZkserveError("UNEXPECTED_REPLY", "the reply is not JSON", response.status) from error
            except (OSError, http.client.HTTPException) as error:
                raise ZkserveError("NETWORK", f"{method} {path}: the reply broke off ({error})") from error

    def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        query: Optional[Mapping[str, Any]] = None,
        repeatable: Optional[bool] = None,
        patience: float = 0,
    ) -> Any:
        may_repeat = method != "POST" if repeatable is None else repeatable
        attempt = 1
        while True:
            try:
                return self._attempt(method, path, body, headers or {}, query or {}, patience)
            except ZkserveError as error:
                pause = _pause_before_retry(error, attempt, may_repeat)
                if pause is None or attempt > self.retries:
                    raise
            time.sleep(pause)
            attempt += 1

    def _attempt(
        self,
        method: str,
        path: str,
        body: Any,
        headers: Mapping[str, str],
        query: Mapping[str, Any],
        patience: float,
    ) -> Any:
        address = self.url + path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        sent = {**self._headers, **headers}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        request = urllib.request.Request(address, data=body, headers=sent, method=method)
        try:
            return self._opener.open(request, timeout=self.timeout + patience)
        except urllib.error.HTTPError as error:
            with error:
                raise _from_problem(error.code, _problem_of(error)) from None
        except (OSError, http.client.HTTPException) as error:
            message = f"{method} {path}: the service cannot be reached ({error})"
            raise ZkserveError("NETWORK", message) from error


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: bytes, tolerance: float = 300, now: Optional[float] = None
) -> Json:
    """The event in a webhook's body, once its signature holds (https://www.standardwebhooks.com).

    secret: `whsec_...`. headers: of the request, in any case. tolerance: seconds that its time may be off.
    The same `webhook-id` may come again: an event that is known by it has no second effect.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent_at, signatures = (
            given[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        )
        age = (time.time() if now is None else now) - int(sent_at)
    except (KeyError, ValueError):
        raise InvalidSignature("the webhook's headers are missing or malformed") from None
    if abs(age) > tolerance:
        raise InvalidSignature("the webhook is too old, or from the future")
    key = base64.b64decode(secret.split("_", 1)[-1])
    expected = hmac.new(key, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    for signature in signatures.split(" "):
        version, _, text = signature.partition(",")
        if version == "v1" and hmac.compare_digest(base64.b64encode(expected).decode(), text):
            return json.loads(body)
    raise InvalidSignature("no signature of the webhook holds")


def keccak256(data: bytes) -> bytes:
    """Ethereum's hash: Keccak as it was before SHA-3 changed its padding, so hashlib does not have it."""
    rate, mask = 136, (1 << 64) - 1
    padded = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % rate)
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            state[i] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        _keccak_f(state, mask)
    return b"".join(word.to_bytes(8, "little") for word in state[:4])


def _keccak_f(state: List[int], mask: int) -> None:
    """Keccak-f[1600] (FIPS 202, section 3): 24 rounds over 25 words of 64 bits."""
    register = 1
    for _ in range(24):
        columns = [
            state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)
        ]
        for x in range(5):
            parity = columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1, mask)
            for y in range(0, 25, 5):
                state[x + y] ^= parity
        x, y, current = 1, 0, state[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            moved = _rotated(current, (t + 1) * (t + 2) // 2 % 64, mask)
            state[x + 5 * y], current = moved, state[x + 5 * y]
        for y in range(0, 25, 5):
            row = state[y : y + 5]
            for x in range(5):
                state[x + y] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
        for j in range(7):
            # Round constants come from a shift register of eight bits.
            if register & 1:
                state[0] ^= 1 << ((1 << j) - 1)
            register = (register << 1) ^ ((register >> 7) * 0x171)


def _rotated(word: int, by: int, mask: int) -> int:
    return ((word << by) | (word >> (64 - by))) & mask


def _fields(text: str) -> List[Dict[str, str]]:
    """`name:type` pairs as EIP-712 lists them."""
    return [dict(zip(("name", "type"), field.split(":"))) for field in text.split()]


def _quote(part: str) -> str:
    return urllib.parse.quote(part, safe="")


def _problem_of(reply: Any) -> Any:
    try:
        return json.load(reply)
    except (ValueError, OSError, http.client.HTTPException):
        return None


def _from_problem(status: int, problem: Any) -> ZkserveError:
    """A problem document (RFC 9457) as an exception."""
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        message = f"the reply has status {status} and is no problem document"
        return ZkserveError("UNEXPECTED_REPLY", message, status)
    hints, details = list(problem.get("hints") or []), dict(problem.get("details") or {})
    if "accepts" in problem:
        # x402: how the service is paid.
        details["accepts"] = problem["accepts"]
        hints = ["This client signs no payments; the TypeScript client does, with `payment`."]
    detail = problem.get("detail") or problem["code"]
    return ZkserveError(problem["code"], detail, status, hints, details, problem.get("requestId"))


def _pause_before_retry(error: ZkserveError, attempt: int, repeatable: bool) -> Optional[float]:
    """Seconds to wait before a request is sent again; None where it must not be, or not so late."""
    unknown = error.code == "NETWORK" or (error.code == "UNEXPECTED_REPLY" and error.status in GATEWAYS)
    if error.code not in PASSING and not (unknown and repeatable):
        return None
    asked = error.details.get("retryAfter")
    asked = asked if isinstance(asked, (int, float)) else 0
    if asked > LONGEST_PAUSE:
        return None
    backoff = min(LONGEST_PAUSE, 0.25 * 2 ** (attempt - 1))
    # Clients that were refused together must not come back together.
    return max(asked, backoff * (0.5 + random.random() / 2))


def _read_events(stream: Any) -> Iterator[Any]:
    """Pairs of id and parsed data of server-sent events."""
    event_id, data = "", []
    for raw in stream:
        line = raw.decode().rstrip("\r\n")
        if line == "":
            if data:
                yield event_id, json.loads("\n".join(data))
            data = []
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "id":
            event_id = value
        elif field == "data":
            data.append(value)


def main(arguments: Optional[List[str]] = None) -> int:
    """`python3 zkserve.py infer|prove|job|jobs|models --url URL [--key KEY] …`: one JSON document on stdout."""
    parser = argparse.ArgumentParser(prog="zkserve.py", description="Client of a zkserve service.")
    parser.add_argument("command", choices=["infer", "prove", "job", "jobs", "models"])
    parser.add_argument("subject", nargs="?", help="a JSON file with the body of POST /infer, or a job's id")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", help="API key")
    given = parser.parse_args(arguments)
    service = Zkserve(given.url, given.key)
    try:
        if given.command in ("infer", "prove"):
            with open(given.subject) if given.subject else sys.stdin as file:
                body = json.load(file)
            reply: Any = service.infer(body) if given.command == "infer" else service.infer_and_prove(body)
        elif given.command == "job":
            reply = service.job(given.subject or parser.error("which job?"))
        else:
            reply = list(service.jobs() if given.command == "jobs" else service.models())
    except ZkserveError as error:
        print(f"error {error}", *(f"  {hint}" for hint in error.hints), sep="\n", file=sys.stderr)
        return 2
    print(json.dumps(reply, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
