# shellcheck shell=bash
# Sourced by ./dev: `serve`, from nothing to a server with something in it.

DEMO_ACCOUNT=dev
DEMO_WORKSPACE=acme
DEMO_REPOSITORY=hello

# field NAME: that text member of the JSON object on standard input. No JSON tool is needed to
# build and serve, and these members (a path, a secret) hold nothing that JSON escapes.
field() { sed -nE "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"([^\"]*)\".*/\1/p" | head -n 1; }

# A first account (admin), a workspace it may write to, and a repository with one commit in it.
make_demo_data() {
  local program="$1" data="$2" path work
  say "make $data: account $DEMO_ACCOUNT, repository $DEMO_WORKSPACE/$DEMO_REPOSITORY"
  "$program" account create --data "$data" --email dev@example.org --username "$DEMO_ACCOUNT" \
    --name "First account" --admin
  "$program" workspace create "$DEMO_WORKSPACE" --data "$data"
  "$program" workspace grant "$DEMO_WORKSPACE" "$DEMO_ACCOUNT" write --data "$data"
  path="$("$program" repo create "$DEMO_WORKSPACE/$DEMO_REPOSITORY" --data "$data" --json | field path)"
  [[ -n "$path" ]] || die "repo create --json named no path"
  [[ "$path" == /* ]] || path="$data/$path"

  # Whatever the caller's own git is set to (signing, hooks, templates) is not asked for here.
  local -x GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
  work="$(mktemp -d "$ROOT/.local/commit.XXXXXX")"
  git init -q -b main "$work"
  printf '# Hello\n\nThis repository was made by ./dev serve.\n' >"$work/README.md"
  git -C "$work" add README.md
  git -C "$work" -c user.name="Latchkey" -c user.email=dev@example.org commit -q -m "First commit"
  git -C "$work" push -q "$path" main:main
  rm -rf "$work"
}

wait_for_health() {
  local url="$1" server="$2"
  for _ in $(seq 200); do
    kill -0 "$server" 2>/dev/null || die "the server ended; its log is above"
    ! curl -fsS -o /dev/null --max-time 1 "$url/healthz" 2>/dev/null || return 0
    sleep 0.05
  done
  die "the server did not answer $url/healthz within 10 s"
}

print_lines_to_try() {
  local port="$1" url="$2" secret="$3" link="$4"
  cat <<TEXT

Serving $url until Ctrl-C. A fresh token of account $DEMO_ACCOUNT, for 30 days, shown once:

    $secret

  git clone http://x-token-auth:$secret@127.0.0.1:$port/$DEMO_WORKSPACE/$DEMO_REPOSITORY.git
  curl -H "Authorization: Bearer $secret" $url/api/v1/me

TEXT
  [[ -n "$link" ]] || return 0
  cat <<TEXT
To sign in as $DEMO_ACCOUNT, choose a password with this link, once:

    $link

TEXT
}

cmd_serve() {
  local port=8080 data="${LATCHKEY_DATA:-$ROOT/.local/data}" program="$ROOT/build/release/latchkey"
  while (($# > 0)); do
    case "$1" in
      --port) port="${2:?--port takes a number}" && shift 2 ;;
      --port=*) port="${1#*=}" && shift ;;
      *) die "serve takes only --port N" ;;
    esac
  done
  [[ "$port" =~ ^[1-9][0-9]{0,4}$ ]] && ((port <= 65535)) || die "'$port' is not a port"
  ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
    die "port $port is taken; choose another: ./dev serve --port N"
  cmd_build release
  mkdir -p "$ROOT/.local"

  # A first run that was cut short starts again; data that was once complete is never touched.
  if [[ ! -e "$data" ]]; then
    rm -rf "${data:?}.new"
    make_demo_data "$program" "$data.new"
    mv "$data.new" "$data"
  fi

  local url="http://127.0.0.1:$port" secret link="" server
  "$program" serve --data "$data" --listen "127.0.0.1:$port" --public-url "$url" &
  server=$!
  # Expanded now: at the exit this function's variables are gone.
  # shellcheck disable=SC2064
  trap "kill -TERM $server 2>/dev/null || true; wait $server 2>/dev/null || true" EXIT
  trap 'exit 130' INT TERM
  wait_for_health "$url" "$server"
  # Issued through the running server, so it is in force at once.
  secret="$("$program" token create --data "$data" --account "$DEMO_ACCOUNT" \
    --name "dev serve $(date -u +%Y-%m-%dT%H:%M:%SZ)" --expires 30d \
    --scope read:repository:bitbucket --scope write:repository:bitbucket --scope read:user:bitbucket \
    --json | field secret)"
  [[ -n "$secret" ]] || die "token create --json named no secret"
  if "$program" account show "$DEMO_ACCOUNT" --data "$data" --json | grep -qE '"can_sign_in": ?false'; then
    link="$("$program" account link "$DEMO_ACCOUNT" --data "$data" --json | field link)"
  fi
  print_lines_to_try "$port" "$url" "$secret" "$link"
  wait "$server"
}
