"""Proves one answer and shows its steps: python3 prove.py URL BODY.json"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from zkserve import Zkserve  # noqa: E402

url, body = sys.argv[1:]
service = Zkserve(url)
answer = service.infer_and_prove(
    json.loads(pathlib.Path(body).read_text()),
    on_event=lambda event: print(event["state"], event["stage"] or "", file=sys.stderr),
)
print(json.dumps({"label": answer["label"], "valid": service.verify(answer)["valid"]}))
