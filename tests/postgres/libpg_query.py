"""PostgreSQL's own parser (libpg_query, through pglast) on the files named as arguments: the script itself, then every
PL/pgSQL body in it."""

import sys

import pglast
from pglast import parse_plpgsql, parse_sql

for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    statements = parse_sql(text)
    bodies = 0
    for statement in statements:
        source = text.encode()[statement.stmt_location : statement.stmt_location + (statement.stmt_len or len(text.encode()))].decode()
        if "plpgsql" in source or type(statement.stmt).__name__ == "DoStmt":
            parse_plpgsql(source)
            bodies += 1
    print(f"{path}: {len(statements)} statements, {bodies} PL/pgSQL bodies, PostgreSQL {pglast.get_postgresql_version()}")
