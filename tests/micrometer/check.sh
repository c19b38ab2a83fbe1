#!/usr/bin/env bash
# The services' settings in the frameworks they are for: a Quarkus and a Spring Boot application, built, started and scraped.
# Every label and bucket that a rule or a scaler selects by is in the scrape, as the same text, for Prometheus compares texts.
# Usage: check.sh GENERATED_FOLDER SCRATCH
set -euo pipefail
generated=$(realpath "$1")
mkdir -p "$2/micrometer"
scratch=$(realpath "$2/micrometer")
cd "$(dirname "${BASH_SOURCE[0]}")"
rules=("$generated/alerts-scaling.yml" "$generated/keda-scalers.yaml")

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

child=
stop() {
  [ -n "$child" ] || return 0
  kill "$child" 2>/dev/null || true
  wait "$child" || true
  child=
}
trap stop EXIT
trap 'exit 130' INT TERM

# --- build ----------------------------------------------------------------------------------------------------------------

settings() { # FRAMEWORK
  case $1 in
    quarkus) printf '%s/micrometer.properties' "$generated" ;;
    spring) printf '%s/micrometer-spring.properties' "$generated" ;;
  esac
}
# The class in the comment at the head of a file, if there is one.
bean() { sed -n '/^#   import /,/^#   }$/p' "$(settings "$1")" | sed 's/^#   //; s/^#$//'; }

rm -rf "$scratch"
mkdir -p "$scratch/scrapes"
cp pom.xml "$scratch"
for framework in quarkus spring; do
  main=$scratch/$framework/src/main
  mkdir -p "$main/java" "$main/resources"
  cp "$framework/pom.xml" "$scratch/$framework"
  cp "$framework/Things.java" "$main/java"
  cp "$(settings "$framework")" "$main/resources/application.properties"
  if [ -n "$(bean "$framework")" ]; then
    { printf 'package service;\n' && bean "$framework"; } >"$main/java/SeasonscaleMetrics.java"
  fi
done
started=$SECONDS
# In the background, so that a signal is not held back until Maven is done.
timeout --kill-after=10 900 \
  mvn --batch-mode --no-transfer-progress --strict-checksums --file "$scratch/pom.xml" package >"$scratch/build" 2>&1 &
child=$!
wait "$child" || fail "$(grep -E 'ERROR|BUILD' "$scratch/build" || tail -n 30 "$scratch/build")"
child=
printf 'built in %d s\n' $((SECONDS - started))

# --- run ------------------------------------------------------------------------------------------------------------------

start() { # FRAMEWORK VARIABLES..: starts the application with these, and waits for its port
  local framework=$1 application=spring/target/application.jar log=$scratch/log
  shift
  [ "$framework" = spring ] || application=quarkus/target/quarkus-app/quarkus-run.jar
  : >"$log" # here, or the port of the one before may be read
  timeout --kill-after=10 300 env -u TERRITORY -u WORKLOAD "$@" \
    QUARKUS_HTTP_HOST=127.0.0.1 QUARKUS_HTTP_PORT=0 SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 \
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -jar "$scratch/$application" >"$log" 2>&1 &
  child=$!
  local deadline=$((SECONDS + 60)) listens='.*(Listening on: http:..127\.0\.0\.1:|Tomcat started on port )([0-9]+).*'
  until port=$(sed -nE "s/$listens/\2/p" "$log") && [ -n "$port" ]; do
    kill -0 "$child" 2>/dev/null || fail "$framework does not start: $(tail -n 20 "$log")"
    [ "$SECONDS" -lt "$deadline" ] || fail "$framework does not start within a minute: $(tail -n 20 "$log")"
    sleep 0.1
  done
}

# The value of a key of the file as it was generated.
said() { sed -n "s/^${1//./\\.}=//p" "$(settings "$2")"; } # KEY FRAMEWORK

scrape() { # FRAMEWORK VARIABLES..: the scrapes of an application that was started with these and asked everything
  local framework=$1 health=/q/health/ready metrics
  if [ "$framework" = quarkus ]; then
    metrics=$(said quarkus.micrometer.export.prometheus.path quarkus)
  else
    local folder=${elsewhere:-$(said management.endpoints.web.base-path spring)}
    health=$folder/health
    metrics=$folder/$(said management.endpoints.web.path-mapping.prometheus spring)
  fi
  start "$@"
  python3 ask.py "http://127.0.0.1:$port" "$health" "$metrics" "$scratch/scrapes"
  stop
}
reads_all_keys() { ! grep -iE 'unrecognized configuration key|renamed|no longer supported|deprecated' "$scratch/log"; }

# By the file as it was generated, whatever the application was started with.
hold() { # FRAMEWORK ARGUMENTS..
  local framework=$1
  shift
  python3 hold.py --settings "$(settings "$framework")" --scrapes "$scratch/scrapes" --rules "${rules[@]}" "$@" \
    >"$scratch/held" 2>&1
}
holds() { hold "$@" || fail "$1: $(cat "$scratch/held")"; }
broken=0
notices() { # WORDS FRAMEWORK ARGUMENTS..
  local words=$1
  shift
  if hold "$@"; then fail "$1: not noticed: $words"; fi
  grep -qF -- "$words" "$scratch/held" || fail "$1: $(cat "$scratch/held")"
  broken=$((broken + 1))
}
pod=(--territory DE --workload queries)
notices_rules() { # WORDS FRAMEWORK EDIT: by the same scrapes
  cat "${rules[@]}" >"$scratch/whole"
  sed "$3" "$scratch/whole" >"$scratch/edited"
  if cmp -s "$scratch/whole" "$scratch/edited"; then fail "nothing was broken by $3"; fi
  local rules=("$scratch/edited")
  notices "$1" "$2" "${pod[@]}"
}
overruled() { # FRAMEWORK LINE: scrapes the same application with another line of settings
  scrape "$1" TERRITORY=DE WORKLOAD=queries JDK_JAVA_OPTIONS="-D$2"
}

for framework in quarkus spring; do
  started=$SECONDS
  broken=0
  scrape "$framework" TERRITORY=DE WORKLOAD=queries
  reads_all_keys || fail "$framework does not read every key of its file"
  holds "$framework" "${pod[@]}"
  selectors=$(tail -n 1 "$scratch/held")
  # What a probe or Prometheus asks for is not a request of the business. Quarkus knows that by itself, Spring Boot by the bean.
  holds "$framework" "${pod[@]}" --uncounted
  notices_rules 'no http_server_requests_seconds_bucket has le = "00.' "$framework" 's/le="0\./le="00./'
  notices_rules 'has method =~ "PUTS"' "$framework" 's/|PUT|/|PUTS|/'
  notices_rules 'has code !~ "5.."' "$framework" 's/status!~/code!~/'
  notices_rules 'the rules select only' "$framework" 's/process_uptime_seconds/uptime_seconds/g'

  scrape "$framework" WORKLOAD=queries
  holds "$framework" --workload queries
  buckets=$(grep -E '^[a-z.]+(\.buckets-seconds|\.slo\[.*\])=' "$(settings "$framework")")
  overruled "$framework" "${buckets%,*}"
  notices 'the buckets of' "$framework" "${pod[@]}"
  territory=$(grep -E '^[a-z.]+\.tags\.territory=' "$(settings "$framework")")
  overruled "$framework" "${territory%%=*}="
  notices 'has territory' "$framework" "${pod[@]}"
  case $framework in
    quarkus) overruled quarkus quarkus.micrometer.binder.http-servers.enabled=true ;;
    spring) overruled spring management.metrics.export.prometheus.enabled=true ;; # the key of Spring Boot 2
  esac
  if reads_all_keys >/dev/null; then fail "$framework: a key that it does not read was not noticed"; fi
  if [ "$framework" = spring ]; then
    elsewhere=/elsewhere overruled spring management.endpoints.web.base-path=/elsewhere
    notices 'is counted as a request' spring "${pod[@]}" --uncounted
  fi
  printf '%s, in %d s: %s of rules and scalers are met, %d broken files were noticed\n' \
    "$framework" $((SECONDS - started)) "$selectors" $((broken + 1))
done
