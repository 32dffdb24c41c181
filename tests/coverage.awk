# Computes the line coverage of hand-written code over the tests of all frameworks, from the reports of the collector.
/<class / { match($0, /filename="[^"]*"/); file = substr($0, RSTART + 10, RLENGTH - 11); sub(/^src\//, "", file) }
/<line / {
  match($0, /number="[0-9]+"/); number = substr($0, RSTART + 8, RLENGTH - 9)
  match($0, /hits="[0-9]+"/); hits = substr($0, RSTART + 6, RLENGTH - 7)
  lines[file ":" number] += hits
}
END {
  for (line in lines) { all++; if (lines[line] > 0) reached++; else { split(line, part, ":"); missed[part[1]] = missed[part[1]] " " part[2] } }
  if (verbose) for (file in missed) print file ":" missed[file]
  printf "Line coverage of hand-written code: %.1f %% (%d of %d lines)\n", 100 * reached / all, reached, all
}
