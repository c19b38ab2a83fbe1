-- What the journal is to others, by name: no source of a function and no comment on an object is in it.
SELECT 'schema', n.nspname, n.nspowner::regrole, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(n.nspacl) AS a)
  FROM pg_namespace AS n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public', 'seen') ORDER BY 2;
SELECT 'relation', c.relname, c.relkind, c.relpersistence, c.relowner::regrole, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(c.relacl) AS a)
  FROM pg_class AS c WHERE c.relnamespace::regnamespace::text = 'scaling' ORDER BY 2;
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
       (SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(a.attacl) AS x)
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace::regnamespace::text = 'scaling' AND c.relkind IN ('r', 'v') AND a.attnum > 0 ORDER BY 2, a.attnum;
SELECT 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint AS k WHERE k.connamespace::regnamespace::text = 'scaling' ORDER BY 2, 3;
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'scaling' ORDER BY 2;
SELECT 'policy', policyname, tablename, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 2;
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
 WHERE c.relnamespace::regnamespace::text = 'scaling' AND NOT t.tgisinternal ORDER BY 2;
SELECT 'function', p.oid::regprocedure, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.proowner::regrole, l.lanname,
       p.provolatile, p.proparallel, p.prosecdef, p.proisstrict, p.prorows, p.proconfig,
       (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(p.proacl) AS a)
  FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang WHERE p.pronamespace::regnamespace::text = 'scaling' ORDER BY p.oid::regprocedure::text;
SELECT 'role', r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolbypassrls,
       shobj_description(r.oid, 'pg_authid'),
       (SELECT string_agg(m.member::regrole::text, ' ' ORDER BY m.member::regrole::text) FROM pg_auth_members AS m WHERE m.roleid = r.oid)
  FROM pg_roles AS r WHERE r.rolname !~ '^pg_' ORDER BY 2;
SELECT 'definition', tag, role, lock_timeout, statement_timeout FROM seen.definition ORDER BY 2, 3, 4, 5;
