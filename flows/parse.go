package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// The keys each table may hold.
var (
	flowKeys   = []string{"flow", "start", "again", "review", "read_by", "read_on", "read_as", "rationale", "step"}
	stepKeys   = []string{"name", "say", "sensitive", "do", "choices", "menu", "to", "branch", "free", "rest"}
	choiceKeys = []string{"id", "to", "text", "set", "do"}
	branchKeys = []string{"if", "to"}
)

// The closed sets of values.
var (
	reviews = []string{"drafted", "read", "tried"}
	menuSet = []string{"languages", "countries", "needs", "happening"}
	setKeys = map[string][]string{
		"who":     {"me", "other", "saw", "unsure"},
		"age":     {"child", "adult"},
		"flag":    flagWords,
		"about":   {"adviser", "bot", "other"},
		"danger":  {"yes", "no", "unsure"},
		"share":   {"all", "none"},
		"trace":   {"nothing", "number"},
		"ready":   {"no", "1", "2", "3", "4"},
		"run":     {"d1", "d3", "d7", "w2", "w4", "w8", "m3", "m6"},
		"at":      {"morning", "midday", "afternoon", "evening", "now"},
		"line":    {"1", "2", "3", "4"},
		"miss":    {"nothing", "adviser"},
		"outcome": reported(),
	}
	// doable are the effects a flow may name. Leaving, erasing and alarms are keys: the engine does them itself.
	doable = []string{"open", "close", "card", "lines", "lines:all", "rights", "summary", "limits", "queue", "queue-urgent", "unqueue",
		"make-words", "keep:now", "keep:24h", "keep:14d", "show-pending", "check-in", "stop-check-in", "show-check-in", "ready", "lines:child", "lines:report", "lines:fit", "keep:30d", "show-act", "agree", "refuse", "first-act", "show-agreed", "keep-act", "take-back",
		"show-outcomes", "send-outcomes", "drop-outcomes", "complain"}
)

// reported are all answers of the self-report.
func reported() []string {
	var out []string
	for _, n := range Outcomes() {
		for _, how := range []string{"good", "middle", "low"} {
			out = append(out, n+"="+how)
		}
	}
	return out
}

// linesFor says whether "lines:…" may name this: a need, or one of the other lists.
func linesFor(w string) bool {
	need, ok := strings.CutPrefix(w, "lines:")
	return ok && slices.Contains(needs, need)
}

// Parse reads one flow; file is for messages only. Places are not resolved yet: that takes the whole book (Load).
func Parse(file, text string) (Flow, error) {
	var raw map[string]any
	if _, err := toml.Decode(text, &raw); err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return Flow{}, fmt.Errorf("%s: line %d: %s", file, at.Position.Line, at.Message)
		}
		return Flow{}, fmt.Errorf("%s: reading it as TOML: %w", file, err)
	}
	p := parser{file: file}
	top := table{p: &p, m: raw}
	top.keys(flowKeys)
	f := Flow{
		Name: top.text("flow"), File: file, Start: top.text("start"), Again: top.text("again"),
		Review: top.text("review"), Rationale: top.text("rationale"),
		ReadBy: top.text("read_by"), ReadOn: top.text("read_on"), ReadAs: top.text("read_as"), Digest: digest(raw),
	}
	if !named(f.Name) {
		p.fail("flow = %q must be a name of small letters, digits and _", f.Name)
	}
	if f.Again == "" {
		f.Again = f.Start
	}
	if !slices.Contains(reviews, f.Review) {
		p.fail("review = %q must be one of %s", f.Review, strings.Join(reviews, ", "))
	}
	if f.Rationale == "" {
		p.fail("rationale is missing: say in one paragraph why the flow is as it is")
	}
	for i, t := range top.tables("step") {
		p.step = t.text("name")
		if !named(p.step) {
			p.step = fmt.Sprintf("number %d", i+1)
			p.fail("name = %q must be a name of small letters, digits and _", t.text("name"))
		}
		s := t.step(f.Name)
		if slices.ContainsFunc(f.Steps, func(o Step) bool { return o.Place == s.Place }) {
			p.fail("is there twice; rename one of them")
		}
		f.Steps = append(f.Steps, s)
	}
	p.step = ""
	if len(f.Steps) == 0 {
		p.fail("has no [[step]]")
	}
	return f, errors.Join(p.errs...)
}

// A parser gathers what is wrong with one file.
type parser struct {
	file, step string
	errs       []error
}

func (p *parser) fail(format string, args ...any) {
	where := p.file + ": "
	if p.step != "" {
		where += "step " + p.step + ": "
	}
	p.errs = append(p.errs, errors.New(where+fmt.Sprintf(format, args...)))
}

// A table is one TOML table being read.
type table struct {
	p *parser
	m map[string]any
}

func (t table) keys(known []string) {
	var odd []string
	for k := range t.m {
		if !slices.Contains(known, k) {
			odd = append(odd, k)
		}
	}
	slices.Sort(odd)
	for _, k := range odd {
		t.p.fail("unknown key %q%s", k, nearest(k, known))
	}
}

func (t table) text(key string) string {
	v, ok := t.m[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		t.p.fail("%s must be text in quotes", key)
	}
	return s
}

func (t table) flag(key string) bool {
	v, ok := t.m[key]
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		t.p.fail("%s must be true or false", key)
	}
	return b
}

func (t table) texts(key string) []string {
	v, ok := t.m[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.p.fail("%s must be a list of texts", key)
		return nil
	}
	var out []string
	for _, e := range list {
		s, ok := e.(string)
		if !ok || s == "" {
			t.p.fail("%s must be a list of texts, none of them empty", key)
			continue
		}
		out = append(out, s)
	}
	return out
}

func (t table) tables(key string) []table {
	v, ok := t.m[key]
	if !ok {
		return nil
	}
	var maps []map[string]any
	switch v := v.(type) {
	case []map[string]any:
		maps = v
	case []any:
		for _, e := range v {
			m, ok := e.(map[string]any)
			if !ok {
				t.p.fail("%s must be a list of tables", key)
				return nil
			}
			maps = append(maps, m)
		}
	default:
		t.p.fail("%s must be a list of tables", key)
	}
	out := make([]table, len(maps))
	for i, m := range maps {
		out[i] = table{t.p, m}
	}
	return out
}

func (t table) step(flow string) Step {
	t.keys(stepKeys)
	s := Step{
		Place: Place{flow, t.text("name")}, File: t.p.file, Say: t.texts("say"), Sensitive: t.flag("sensitive"),
		Do: t.effects(), Menu: t.text("menu"), To: target(t.text("to")), Free: t.text("free"), Rest: t.flag("rest"),
	}
	if s.Menu != "" && !slices.Contains(menuSet, s.Menu) {
		t.p.fail("menu = %q must be one of %s", s.Menu, strings.Join(menuSet, ", "))
	}
	for i, c := range t.tables("choices") {
		s.Choices = append(s.Choices, c.choice(s.Place, i))
		for _, o := range s.Choices[:i] {
			if o.ID == s.Choices[i].ID {
				t.p.fail("choice %q is there twice; rename one of them", o.ID)
			}
		}
	}
	for i, c := range t.tables("branch") {
		s.Branch = append(s.Branch, c.branch(i))
	}
	on := len(s.Branch) > 0 || s.To != (Place{})
	switch {
	case len(s.Choices) > 0 && (on || s.Menu != ""):
		t.p.fail("has choices and also menu, to or branch; a step asks or goes on, not both")
	case s.Menu != "" && s.To == (Place{}):
		t.p.fail("has a menu but no to; say where it leads")
	case s.Menu != "" && len(s.Branch) > 0:
		t.p.fail("has a menu and a branch; lead the menu with to, and branch there")
	case s.Rest && (s.Asks() || on):
		t.p.fail("rests and also asks or goes on; take rest away")
	}
	return s
}

func (t table) choice(at Place, i int) Answer {
	t.keys(choiceKeys)
	a := Answer{Choice: Choice{ID: t.text("id"), Text: t.text("text")}, Do: t.effects(), To: target(t.text("to"))}
	if !named(a.ID) {
		t.p.fail("choice %d: id = %q must be a name of small letters, digits and _", i+1, a.ID)
	}
	if a.Text == "" {
		a.Text = at.String() + "." + a.ID
	}
	if a.To == (Place{}) {
		t.p.fail("choice %q leads nowhere; give it a to", a.ID)
	}
	if v, ok := t.m["set"]; ok {
		m, ok := v.(map[string]any)
		if !ok {
			t.p.fail("choice %q: set must be a table, as in set = {who = \"me\"}", a.ID)
		}
		a.Set = map[string]string{}
		for k, v := range m {
			allowed, ok := setKeys[k]
			if !ok {
				t.p.fail("choice %q: set knows no %q%s", a.ID, k, nearest(k, slices.Sorted(maps.Keys(setKeys))))
				continue
			}
			s, _ := v.(string)
			if !slices.Contains(allowed, s) {
				t.p.fail("choice %q: %s must be one of %s", a.ID, k, strings.Join(allowed, ", "))
				continue
			}
			a.Set[k] = s
		}
	}
	return a
}

func (t table) branch(i int) Branch {
	t.keys(branchKeys)
	b := Branch{To: target(t.text("to"))}
	for _, w := range strings.Fields(t.text("if")) {
		name, not := strings.CutPrefix(w, "!")
		if _, ok := conds[name]; !ok {
			t.p.fail("branch %d: unknown condition %q%s", i+1, name, nearest(name, condNames()))
			continue
		}
		if not {
			b.Not = append(b.Not, name)
		} else {
			b.If = append(b.If, name)
		}
	}
	if b.To == (Place{}) {
		t.p.fail("branch %d leads nowhere; give it a to", i+1)
	}
	return b
}

func (t table) effects() []Effect {
	var out []Effect
	for _, w := range t.texts("do") {
		if !slices.Contains(doable, w) && !linesFor(w) {
			t.p.fail("unknown effect %q in do%s", w, nearest(w, doable))
			continue
		}
		name, arg, _ := strings.Cut(w, ":")
		e := Effect{Do: Do(name), Arg: arg, Sensitive: telling(Do(name))}
		switch {
		case e.Do == Lines && arg == "":
			e.Arg = lastNeed
		case e.Do == Lines && arg == "fit":
			e.Arg = lastFit
		case e.Do == Lines && arg == "all":
			e.Arg = ""
		case e.Do == MakeWords:
			e.ID = MsgWords
		case e.Do == ShowCheckIn:
			e.ID = MsgSign
		case e.Do == ShowAct, e.Do == ShowAgreed:
			e.ID = MsgAct
		}
		out = append(out, e)
	}
	return out
}

// target is a place as written: "step" or "flow" alone keeps its word in Flow until the book is linked.
func target(s string) Place {
	flow, step, _ := strings.Cut(s, ".")
	return Place{flow, step}
}

// named says whether s can be a flow's, a step's or a choice's name. At most 24 bytes: ids travel in callback data.
func named(s string) bool {
	if s == "" || len(s) > 24 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// nearest is "; did you mean …?" when something known is close enough to be meant.
func nearest(word string, known []string) string {
	best, least := "", 1+len(word)/2
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return "; known are " + strings.Join(known[:min(len(known), 12)], ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is how many single-letter edits lie between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diag
			if a[i] != b[j] {
				change++
			}
			diag = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
