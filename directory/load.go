package directory

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

//go:embed data/*.csv
var data embed.FS

// Data returns the shipped files, for Load.
func Data() fs.FS {
	sub, err := fs.Sub(data, "data")
	if err != nil { // cannot happen: the folder is named in the line above
		panic(err)
	}
	return sub
}

// Load reads the shipped files and, when content is not nil, an operator's directory.csv, rights.csv and
// directory-review.toml over them; each may be missing. directory.csv has the columns of helplines.csv and may have one
// more, who; rights.csv has those of the shipped file. A row there replaces the shipped row of the same id. A row is checked by
//
//	[[checked]]
//	id = "gb-labour"
//	by = "adviser-1"  # a role or a pseudonym
//	on = 2026-01-31
//
// It returns every fault at once as Faults, and then no Directory.
func Load(shipped, content fs.FS) (*Directory, error) {
	r := &reading{}
	d := &Directory{countries: map[string]*entry{}, rows: map[string]*Service{}}
	checks := checkable{"helplines.csv": {}, "emergency_numbers.csv": {}}

	zones := r.zones(shipped)
	readings := r.hours(shipped)
	placed := map[string]row{} // the line each service came from, for faults found later
	r.services(shipped, "helplines.csv", d, placed)
	r.who(shipped, d)
	if content != nil {
		r.services(content, "directory.csv", d, placed)
	}
	for _, id := range slices.Sorted(maps.Keys(d.rows)) {
		d.notes = append(d.notes, placed[id].readHours(d.rows[id], readings, zones)...)
		checks["helplines.csv"][id] = &d.rows[id].Checked
	}
	r.twice(d, placed)
	r.emergencies(shipped, d, checks)
	r.rights(shipped, false, d)
	if content != nil {
		r.rights(content, true, d)
	}
	r.card(shipped, d)
	if content != nil {
		const name = "directory-review.toml"
		if b := r.readFile(content, name, true); b != nil {
			r.review(name, b, checks)
		}
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	d.settle(zones)
	return d, nil
}

// at returns the country's entry, made when needed.
func (d *Directory) at(cc string) *entry {
	if d.countries[cc] == nil {
		d.countries[cc] = &entry{Country: Country{Code: cc}}
	}
	return d.countries[cc]
}

func (r *reading) zones(shipped fs.FS) map[string]string {
	zones := map[string]string{}
	for _, w := range r.table(shipped, "zones.csv", false, zoneColumns) {
		if !ValidCountry(w.get("country")) {
			w.bad("country", "%q is not an ISO 3166-1 code of two capital letters, or XK", w.get("country"))
		}
		if _, err := time.LoadLocation(w.filled("zone")); err != nil {
			w.bad("zone", "%q is not an IANA time zone", w.get("zone"))
		}
		zones[w.get("country")] = w.get("zone")
	}
	return zones
}

// hours reads how the sources' qualified texts about hours are to be read.
func (r *reading) hours(shipped fs.FS) map[string]string {
	readings := map[string]string{}
	for _, w := range r.table(shipped, "hours.csv", false, hoursColumns) {
		if _, dup := readings[w.filled("text")]; dup {
			w.bad("text", "%q stands twice in this file", w.get("text"))
		}
		if _, err := parseHours(w.filled("reads_as"), "UTC"); err != nil {
			w.bad("reads_as", "%v", err)
		}
		readings[w.get("text")] = w.get("reads_as")
	}
	return readings
}

func (r *reading) services(fsys fs.FS, name string, d *Directory, placed map[string]row) {
	seen := map[string]bool{}
	operator := name == "directory.csv"
	var optional []string
	if operator {
		optional = []string{"who"}
	}
	for _, w := range r.table(fsys, name, operator, serviceColumns, optional...) {
		s := w.service(seen)
		if old := d.rows[s.ID]; old != nil && operator {
			s.Interpreters = old.Interpreters
			if w.get("who") == "" {
				s.Who = old.Who
			}
		}
		d.rows[s.ID], placed[s.ID] = s, w
	}
}

// who reads what a human read out of the shipped rows' names, notes and sources: who answers, and whom it is for.
func (r *reading) who(shipped fs.FS, d *Directory) {
	const name = "who.csv"
	done := map[string]bool{}
	for _, w := range r.table(shipped, name, false, whoColumns) {
		id := w.get("id")
		who, audience, more := w.among("who", whoCodes()), w.list("audience", Audiences), w.among("interpreters", tris[:2])
		if len(audience) == 0 {
			w.bad("audience", "is empty; write all, or some of %s", strings.Join(Audiences[1:], ", "))
		}
		if done[id] {
			w.bad("id", "%q stands twice in this file", id)
		}
		done[id] = true
		s := d.rows[id]
		switch {
		case s != nil:
			s.Who, s.Audience, s.Interpreters = Who(who), audience, more == "yes"
		case !r.torn:
			w.bad("id", "no row of helplines.csv has the id %q", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.rows)) {
		if !r.torn && !done[id] {
			r.bad(name, 0, "id", "has no line for %q; read the row and write who answers", id)
		}
	}
}

// readHours gives a service its hours and notes a text that nobody can read.
func (w row) readHours(s *Service, readings, zones map[string]string) []string {
	text := s.Hours.Text
	plain, given := readings[text]
	if !given {
		plain = text
	}
	h, err := parseHours(plain, zones[s.Country])
	h.Text = text
	s.Hours = h
	if err != nil {
		return []string{Fault{w.file, w.line, "hours", fmt.Sprintf("shown as not known: %v", err)}.Error()}
	}
	return nil
}

// twice faults two rows of a country with one number and kind.
func (r *reading) twice(d *Directory, placed map[string]row) {
	seen := map[[3]string]string{}
	for _, id := range slices.Sorted(maps.Keys(d.rows)) {
		s := d.rows[id]
		key := [3]string{s.Country, s.Dial, s.Kind}
		if other, dup := seen[key]; dup {
			placed[id].bad("phone_e164_or_short", "%s is already the number of %q; give this line that id to replace it", s.Dial, other)
		}
		seen[key] = id
	}
}

func (r *reading) emergencies(shipped fs.FS, d *Directory, checks checkable) {
	seen := map[string]bool{}
	const name = "emergency_numbers.csv"
	for _, w := range r.table(shipped, name, false, emergencyColumns) {
		cc, e := w.emergency(seen)
		c := d.at(cc)
		if c.Emergency.ID != "" {
			w.bad("country", "%s has a line already; put all its numbers into one", cc)
		}
		c.Emergency = e
		checks[name][e.ID] = &c.Emergency.Checked
	}
}

// rights reads rights.csv, of an operator or shipped; a row of the operator's replaces the shipped one of its id.
func (r *reading) rights(fsys fs.FS, operator bool, d *Directory) {
	seen := map[string]bool{}
	for _, w := range r.table(fsys, "rights.csv", operator, rightColumns) {
		x := w.right(seen)
		c := d.at(x.Country)
		if operator {
			c.Rights = slices.DeleteFunc(c.Rights, func(o Right) bool { return o.ID == x.ID })
		}
		if slices.ContainsFunc(c.Rights, func(o Right) bool { return o.Topic == x.Topic && o.Statement == x.Statement }) {
			w.bad("statement", "stands twice for %s", x.Country)
		}
		c.Rights = append(c.Rights, x)
	}
}

// card reads which rights stand on the emergency card: a human found in them what decides whether somebody without papers
// dares to call.
func (r *reading) card(shipped fs.FS, d *Directory) {
	for _, w := range r.table(shipped, "card.csv", false, cardColumns) {
		id := w.filled("right")
		found := r.torn
		for _, c := range d.countries {
			for i := range c.Rights {
				if c.Rights[i].ID == id {
					found = found || !c.Rights[i].Card
					c.Rights[i].Card = true
				}
			}
		}
		if !found {
			w.bad("right", "no row of rights.csv has the id %q, or it stands twice in this file", id)
		}
	}
}

// settle takes out what is never shown and puts the rest in order.
func (d *Directory) settle(zones map[string]string) {
	for _, id := range slices.Sorted(maps.Keys(d.rows)) {
		s := d.rows[id]
		c := d.at(s.Country)
		if s.Kind == "emergency" && emergencyForm.MatchString(s.Dial) {
			c.typed = append(c.typed, s.Dial)
		}
		if s.shown() {
			c.services = append(c.services, *s)
		} else if s.Checked != nil {
			d.notes = append(d.notes, fmt.Sprintf("%s: is checked but stays hidden, because it is of low confidence or for professionals; to show it, write it into directory.csv with what you found", id))
		}
	}
	for cc, c := range d.countries {
		c.Zone = zones[cc]
		slices.SortFunc(c.services, order)
		for _, n := range c.Emergency.Numbers {
			c.typed = append(c.typed, n.Digits)
		}
		slices.Sort(c.typed)
		c.typed = slices.Compact(c.typed)
		if c.Emergency.Confidence == Low {
			if c.Emergency.Checked != nil {
				d.notes = append(d.notes, fmt.Sprintf("%s: is checked but stays hidden, because it is of low confidence; to show a number, write it into directory.csv with the kind emergency", c.Emergency.ID))
			}
			c.Emergency = Emergency{}
		}
		c.addEmergencyRows()
		c.Rights = slices.DeleteFunc(c.Rights, func(x Right) bool { return x.Confidence == Low })
		for _, x := range c.Rights {
			if x.Topic == silentCall {
				c.Silent = append(c.Silent, x)
			}
		}
		c.Rights = slices.DeleteFunc(c.Rights, func(x Right) bool { return x.Topic == silentCall })
		slices.SortStableFunc(c.Rights, func(a, b Right) int {
			return cmp.Compare(slices.Index(topicOrder, a.Topic), slices.Index(topicOrder, b.Topic))
		})
	}
	d.codes = slices.Sorted(maps.Keys(d.countries))
	slices.Sort(d.notes)
}

// addEmergencyRows makes emergency numbers of the shown rows of kind emergency: an operator's way to give a country a
// number where the sources disagree. Where there is none yet, the row's source and check stand for it.
func (c *entry) addEmergencyRows() {
	for _, s := range c.services {
		if s.Kind != "emergency" || !emergencyForm.MatchString(s.Dial) {
			continue
		}
		if !c.HasEmergency() {
			c.Emergency = Emergency{ID: s.ID, Source: s.Source, Confidence: s.Confidence, Checked: s.Checked}
		}
		if !slices.ContainsFunc(c.Emergency.Numbers, func(n Number) bool { return n.Digits == s.Dial }) {
			c.Emergency.add(s.Dial, General)
		}
	}
	slices.SortStableFunc(c.Emergency.Numbers, func(a, b Number) int { return boolLast(!a.Is(General), !b.Is(General)) })
}
