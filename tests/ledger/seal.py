"""Put the sentences of verify.py and the hashes of its policy into verify.html: ``python -m tests.ledger.seal``."""

import base64
import hashlib
import json
import re
from pathlib import Path

from service.ledger.verify import SENTENCES

PAGE = Path("service/ledger/verify.html")


def sealed(page):
    words = json.dumps(SENTENCES, ensure_ascii=False, separators=(",", ":"))
    page = re.sub(r'(id="sentences">).*?(?=</script>)', lambda found: found[1] + words, page, flags=re.DOTALL)
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        page = re.sub(rf"{kind} '[^']*'", f"{kind} 'sha256-{digest}'", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(sealed(PAGE.read_text("utf-8")), "utf-8")
