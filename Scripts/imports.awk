# Prints the imports that the table of rooms, the first file, does not allow.
BEGIN {
  split("Glibc Musl Darwin FoundationEssentials Foundation", names, " ")
  for (index_ in names) everywhere[names[index_]] = 1
}

FNR == NR {
  if ($1 ~ /^#/ || NF == 0) next
  rooms[$1] = 1
  for (field = 2; field <= NF; field++) allowed[$1, $field] = 1
  next
}

FNR == 1 {
  split(FILENAME, parts, "/")
  room = parts[2]
  essentials = 0
  if (!(room in rooms)) print FILENAME ": the room " room " is not in the table"
}

/canImport\(FoundationEssentials\)/ { essentials = 1 }

/^[ \t]*(@[A-Za-z_()]+ +)*((public|package|internal|private|fileprivate) +)?import / {
  name = $0
  sub(/.*import +((struct|class|enum|protocol|func|var|typealias) +)?/, "", name)
  sub(/[ .].*/, "", name)
  if (name == "Foundation" && !essentials)
    print FILENAME ":" FNR ": Foundation without trying FoundationEssentials first; it makes starting slow"
  if (!((room, name) in allowed) && !(name in everywhere))
    print FILENAME ":" FNR ": the room " room " may not know " name
}
