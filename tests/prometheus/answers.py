"""Prints what a Prometheus answers to a query, in pieces of 30 days, as curl would save it.
Usage: answers.py ADDRESS FIRST LAST STEP QUERY"""

import sys
import urllib.parse
import urllib.request

PIECE = 30 * 86400


def main(address, first, last, step, query):
    # The server is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for start in range(int(first), int(last) + 1, PIECE):
        end = min(start + PIECE - int(step), int(last))
        asked = urllib.parse.urlencode({"query": query, "start": start, "end": end, "step": step})
        with opener.open(f"{address}/api/v1/query_range?{asked}") as answer:
            print(answer.read().decode())


main(*sys.argv[1:])
