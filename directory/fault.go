package directory

import (
	"fmt"
	"slices"
	"strings"
)

// A Fault is one mistake in a data file, for whoever mends the file.
type Fault struct {
	File    string
	Line    int    // from 1, the header included; 0 when the fault is the whole file's
	Field   string // column or key; empty when the fault is the whole line's
	Problem string // what is wrong and what would be right
}

// Error is "file:line:field: problem".
func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		where += ":" + f.Field
	}
	return where + ": " + f.Problem
}

// Faults is every mistake found in one Load.
type Faults []Fault

// Error is one line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// oneOf words a value outside a closed list, naming the nearest allowed one when the value looks like a slip.
func oneOf(value string, allowed []string) string {
	msg := fmt.Sprintf("%q is not one of %s", value, strings.Join(allowed, ", "))
	if n := nearest(value, allowed); n != "" {
		msg += fmt.Sprintf("; did you mean %q?", n)
	}
	return msg
}

// nearest returns the closest of names within a third of the value's length (at least two edits), or "".
func nearest(value string, names []string) string {
	best, limit := "", max(2, len(value)/3)+1
	for _, n := range slices.Sorted(slices.Values(names)) {
		if d := edits(strings.ToLower(value), strings.ToLower(n)); d < limit {
			best, limit = n, d
		}
	}
	return best
}

// edits counts the single-character changes between two strings, of which only the first 64 characters count.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 64)], y[:min(len(y), 64)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
