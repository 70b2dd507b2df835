#!/usr/bin/env python3
"""Python's trafilatura for `wirewatch-bench-rivals --external`: pages in, articles out, one JSON a line."""
import json
import logging
import sys
import time

from trafilatura import bare_extraction

logging.disable(logging.CRITICAL)


def read(page):
    before = time.process_time()
    found = bare_extraction(page["html"], url=page["url"] or None, include_comments=False, with_metadata=True)
    ms = (time.process_time() - before) * 1e3
    if found is None:
        return {"ms": ms}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"ms": ms, "title": found.title, "published": found.date, "authors": authors, "body": found.text}


for line in sys.stdin:
    try:
        answer = read(json.loads(line))
    except Exception as error:
        answer = {"failure": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
