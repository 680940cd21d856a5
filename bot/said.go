package bot

import (
	"slices"
	"strings"
)

// part is a piece of what the bot says: a message id and its arguments, or data to be looked up when shown.
type part struct {
	Kind string
	ID   string
	Args []string // name and value by turns: times, counts, codes
}

// The kinds of part besides a message, whose Kind is empty.
const (
	partCard     = "card"     // full emergency card of country ID
	partShort    = "short"    // country's name and numbers only
	partLines    = "lines"    // services of country ID for need Args[0]
	partRights   = "rights"   // rights of country ID
	partSummary  = "summary"  // what the adviser would see: Args are of summaryArgs
	partAct      = "act"      // the act Args[0] of the record, in the adviser's words: message ID
	partOutcomes = "outcomes" // the person's own self-report: Args are its answers
	partService  = "service"  // the help line ID of country Args[0]
	partTap      = "tap"      // what the person tapped: ID a label's message id, or Args[0] menu and Args[1] value
)

// Parts are sealed as one string, since a record is opened and sealed in every turn and most of it is what was said: fields
// end with ASCII's unit separator, parts with its record separator. Neither is in any id, code or time.
const (
	unitSep   = "\x1f"
	recordSep = "\x1e"
)

var noSeps = strings.NewReplacer(unitSep, " ", recordSep, " ")

func pack(ps []part) string {
	if len(ps) == 0 {
		return ""
	}
	n := 0
	for i := range ps {
		n += len(ps[i].Kind) + len(ps[i].ID) + 2
		for _, a := range ps[i].Args {
			n += len(a) + 1
		}
	}
	var b strings.Builder
	b.Grow(n)
	for i := range ps {
		if i > 0 {
			b.WriteString(recordSep)
		}
		p := &ps[i]
		b.WriteString(p.Kind)
		b.WriteString(unitSep)
		b.WriteString(p.ID)
		for _, a := range p.Args {
			b.WriteString(unitSep)
			b.WriteString(noSeps.Replace(a))
		}
	}
	return b.String()
}

func unpack(said string) []part {
	if said == "" {
		return nil
	}
	var out []part
	for p := range strings.SplitSeq(said, recordSep) {
		fields := strings.Split(p, unitSep)
		if len(fields) < 2 { // only in a damaged record
			continue
		}
		out = append(out, part{Kind: fields[0], ID: fields[1], Args: fields[2:]})
	}
	return out
}

// wordsArg is the argument that holds return words.
const wordsArg = unitSep + "Words" + unitSep

// forgetWords takes return words off the page: they were shown once, until the person did anything.
func (t *talk) forgetWords() {
	for i := range t.Log {
		if e := &t.Log[i]; strings.Contains(e.Said, wordsArg) {
			e.Said = pack(slices.DeleteFunc(unpack(e.Said), func(p part) bool { return slices.Contains(p.Args, "Words") }))
		}
	}
}
