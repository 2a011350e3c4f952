# Prints the functions of more than 40 lines. Relies on the formatter: the closing brace stands under the
# first letter of the declaration.
function indent(line) {
  match(line, /^ */)
  return RLENGTH
}

FNR == 1 { start = 0 }

!start && /^ *([a-z@]+(\([a-z]+\))? +)*(func |init[?(<]|subscript[(<]|deinit )/ && !/}$/ {
  start = FNR
  depth = indent($0)
  name = $0
  sub(/^ */, "", name)
  next
}

start && indent($0) == depth && /^ *}/ {
  if (FNR - start + 1 > 40) print FILENAME ":" start ": " FNR - start + 1 " lines: " name
  start = 0
}

# A requirement of a protocol has no body: its declaration ends where the next line is not deeper.
start && indent($0) <= depth && !/^ *[})]/ && NF > 0 { start = 0 }
