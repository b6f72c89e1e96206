#!/bin/sh
# Refreshes static/vendor/ and the icon sprite from npm. For developers: users need no node, the files are committed.
#   src/nazorg/ui/vendor.sh [FOLDER WITH ALREADY FETCHED .tgz FILES]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packed=${1:-}

unpack() {  # unpack NAME VERSION FOLDER
    if [ -n "$packed" ] && [ -f "$packed/$3-$2.tgz" ]; then cp "$packed/$3-$2.tgz" "$work/"
    else (cd "$work" && npm pack --silent "$1@$2" >/dev/null); fi
    mkdir -p "$work/$3"
    tar xzf "$work/$3-$2.tgz" -C "$work/$3" --strip-components=1
}
# A sourceMappingURL names a file that we do not ship, on which the manifest storage would stop.
strip() { sed -e '/^\/[*\/]# sourceMappingURL=/d' -e 's#/\*\# sourceMappingURL=[^*]*\*/##' "$1"; }

unpack @tabler/core 1.6.1 tabler-core
unpack @tabler/icons 3.51.0 tabler-icons
unpack htmx.org 2.0.11 htmx.org
unpack idiomorph 0.8.0 idiomorph
unpack sortablejs 1.15.7 sortablejs

out="$here/static/vendor"
rm -rf "$out"
mkdir -p "$out/tabler" "$out/htmx" "$out/idiomorph" "$out/sortablejs"
# In a cascade layer, whatever our own sheet says wins, however specific Tabler's selector is.
{ printf '@layer tabler {\n'; strip "$work/tabler-core/dist/css/tabler.min.css" | sed 's/@charset "UTF-8";//'; printf '\n}\n'; } > "$out/tabler/tabler.css"
sed -n '/^\/\*!/,/\*\//p' "$work/tabler-core/dist/css/tabler.css" | head -8 > "$out/tabler/NOTICE"
cp "$work/tabler-icons/LICENSE" "$out/tabler/LICENSE-icons"
sed 's/Copyright (c).*/Copyright (c) 2018-2026 The Tabler Authors/' "$work/tabler-icons/LICENSE" > "$out/tabler/LICENSE"
strip "$work/htmx.org/dist/htmx.min.js" > "$out/htmx/htmx.js"
cp "$work/htmx.org/LICENSE" "$out/htmx/"
strip "$work/idiomorph/dist/idiomorph-ext.min.js" > "$out/idiomorph/idiomorph.js"
cp "$work/idiomorph/LICENSE" "$out/idiomorph/"
strip "$work/sortablejs/Sortable.min.js" > "$out/sortablejs/sortable.js"
cp "$work/sortablejs/LICENSE" "$out/sortablejs/"
python3 "$here/icons.py" "$work/tabler-icons/icons/outline"
