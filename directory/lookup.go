package directory

import (
	"cmp"
	"slices"
	"strings"
)

// A Directory is everything read by Load. It never changes, so any number of goroutines may read it.
type Directory struct {
	countries map[string]*entry
	codes     []string
	rows      map[string]*Service
	notes     []string
}

// entry is one country with its rows in the order in which a person sees them.
type entry struct {
	Country
	services []Service
	typed    []string // emergency numbers of any grade, sorted
}

// Countries returns every country that has a row, sorted by code. Do not change it.
func (d *Directory) Countries() []string { return d.codes }

// Notes returns what an operator should look at though it stops nothing: hours that nobody could read, a check of a
// row that stays hidden.
func (d *Directory) Notes() []string { return d.notes }

// Country returns what is known of a country, code in any case. ok is false when the directory has no row of it; the
// Country can be rendered all the same.
func (d *Directory) Country(cc string) (c Country, ok bool) {
	cc = strings.ToUpper(cc)
	if e := d.countries[cc]; e != nil {
		return e.Country, true
	}
	return Country{Code: cc}, false
}

// Services returns the lines of a country that serve a need, or all its lines when need is "" or no line serves it.
// Lines that the operator checked come first, then, unless the policy hides them, those with Checked == nil. Within
// each, lines of the police or an immigration office (Service.Police) come last, the rest by kind. For care, crisis lines
// come before all others. A low row and a row for professionals alone are never returned. Empty when the country has no
// line to show.
func (d *Directory) Services(cc, need string, policy Unchecked) []Service {
	e := d.countries[strings.ToUpper(cc)]
	if e == nil {
		return nil
	}
	var all, fit []Service
	for _, s := range e.services {
		if s.Checked == nil && policy != ShowUnchecked {
			continue
		}
		all = append(all, s)
		if slices.Contains(s.Needs, need) {
			fit = append(fit, s)
		}
	}
	if len(fit) == 0 {
		return all
	}
	if need == "care" {
		slices.SortStableFunc(fit, func(a, b Service) int { return boolLast(a.Kind != crisisLine, b.Kind != crisisLine) })
	}
	return fit
}

// NotPolice returns the country's first line that the operator checked, that serves safety, and of which it is known
// that neither the police nor an immigration office answers. S3's card offers it beside the emergency numbers.
func (d *Directory) NotPolice(cc string) (Service, bool) {
	for _, s := range d.Services(cc, "safety", HideUnchecked) {
		if !s.Police() && s.Who != WhoUnknown && slices.Contains(s.Needs, "safety") {
			return s, true
		}
	}
	return Service{}, false
}

// AllEmergencyNumbers returns the digits of every emergency number shown for the country.
func (d *Directory) AllEmergencyNumbers(cc string) []string {
	c, _ := d.Country(cc)
	var out []string
	for _, n := range c.Emergency.Numbers {
		out = append(out, n.Digits)
	}
	return out
}

// TypedEmergencyNumbers returns the digits of every emergency number of the country in any source, of low confidence
// too, to recognise what a person types (S3) and never to show: somebody who types one is in danger all the same.
func (d *Directory) TypedEmergencyNumbers(cc string) []string {
	if e := d.countries[strings.ToUpper(cc)]; e != nil {
		return e.typed
	}
	return nil
}

// order sorts a country's services as Services promises.
func order(a, b Service) int {
	return cmp.Or(
		boolLast(a.Checked == nil, b.Checked == nil),
		boolLast(a.Police(), b.Police()),
		cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind)),
		boolLast(a.Confidence != High, b.Confidence != High),
		strings.Compare(a.ID, b.ID),
	)
}

func boolLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
