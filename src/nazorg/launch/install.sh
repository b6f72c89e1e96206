# Installing what Nazorg needs into .venv; sourced by ./run, ./nazorg and ./test. Takes 10 ms when there is nothing to do.

# Compiled code is kept: without it every start reads all of Django afresh and takes two seconds longer.
unset PYTHONDONTWRITEBYTECODE

# need FILE [PART…]: make .venv hold what the hashed FILE names, and with it each PART, a file that FILE contains.
# Stamped when done, so that an interrupted one is done again.
need() {
  local file=$1 want stamp part
  stamp=.venv/.installed-$file
  want=$({ pwd; cat "$file"; } | sha256sum)
  [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
  (
    # Two at once would write into each other's .venv.
    command -v flock >/dev/null && exec 9<requirements.txt && flock 9
    [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && exit 0
    echo "Installing what is missing into .venv …"
    make_venv && fill_venv "$file" && put_command && for part in "$@"; do
      { pwd; cat "$part"; } | sha256sum >".venv/.installed-$part"
    done
  ) || exit 1
}

make_venv() {
  [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && return 0
  local python
  python=$(command -v python3) || { complain "Python 3.11 or later is needed. On Debian: apt-get install python3 python3-venv"; return 1; }
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { complain "Python 3.11 or later is needed; $python is $("$python" -V | cut -d' ' -f2)."; return 1; }
  rm -rf .venv
  # Without pip of its own: unpacking one takes five seconds, and the machine's can fill the venv as well.
  "$python" -m venv --without-pip .venv ||
    { complain "$PWD/.venv could not be made; what Python said stands above. On Debian: apt-get install python3-venv"; return 1; }
}

# Whatever installs, compiling is left to the first import: most of what the packages hold is never loaded.
fill_venv() {
  local pip=(.venv/bin/python -m pip)
  uv_works && VIRTUAL_ENV=$PWD/.venv uv pip install --quiet --require-hashes -r "$1" && return 0
  if [ ! -x .venv/bin/pip ]; then
    if python3 -m pip --python .venv/bin/python --version >/dev/null 2>&1; then
      pip=(python3 -m pip --python .venv/bin/python)
    else
      .venv/bin/python -m ensurepip >/dev/null 2>&1 ||
        { complain "Python's pip is missing. On Debian: apt-get install python3-venv python3-pip"; return 1; }
    fi
  fi
  "${pip[@]}" install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$1" ||
    { complain "Installing failed; what pip said stands above. Is the network reachable, the disk full?"; return 1; }
}

uv_works() { command -v uv >/dev/null && uv --version >/dev/null 2>&1; }

# The code stays where it is: a path file makes it importable, a small script makes it a command.
put_command() {
  local packages
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    echo "$PWD/src" >"$packages/nazorg.pth" &&
    printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m nazorg.command "$@"\n' "$PWD" >.venv/bin/nazorg &&
    chmod +x .venv/bin/nazorg
}

complain() { echo "nazorg: $*" >&2; }
