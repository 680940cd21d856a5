package desk

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"quietline/line"
	"quietline/locales"
)

// A choice is one entry of a list to choose from.
type choice struct {
	ID, Name string
	Picked   bool
}

// A placesPage lists the placements, newest first.
type placesPage struct {
	Countries []choice
	Kinds     []choice
	Rows      []placeRow
	Error     string
}

// A placeRow is one placement.
type placeRow struct {
	Code, Display string
	Country, Kind string
	Made          time.Time
	Revoked       bool
}

// kinds are what a code is printed on; the list is offered, line takes others too.
var kinds = []string{said("poster"), said("sticker"), said("card"), said("leaflet"), said("screen")}

func (d *desk) placeRow(in words, p line.Placement) placeRow {
	return placeRow{Code: p.Code.String(), Display: p.Code.Display(), Country: in.country(p.Country), Kind: in.t(p.Kind),
		Made: p.Made, Revoked: p.Revoked}
}

func (d *desk) places(w http.ResponseWriter, r *http.Request, s seat) {
	d.placesPage(w, r, http.StatusOK, s, "")
}

func (d *desk) placesPage(w http.ResponseWriter, r *http.Request, status int, s seat, problem string) {
	in := d.words(r)
	p := placesPage{Error: problem, Countries: d.countries(in, strings.ToUpper(r.PostForm.Get("country")))}
	for _, k := range kinds {
		p.Kinds = append(p.Kinds, choice{ID: k, Name: in.t(k), Picked: k == r.PostForm.Get("kind")})
	}
	for _, pl := range d.Line.Placements() {
		p.Rows = append(p.Rows, d.placeRow(in, pl))
	}
	slices.SortStableFunc(p.Rows, func(a, b placeRow) int { return b.Made.Compare(a.Made) })
	d.render(w, r, status, "places", page{Title: d.Title, Seat: &s, Body: p})
}

// countries are the directory's, by name.
func (d *desk) countries(in words, picked string) []choice {
	var all []choice
	for _, code := range d.Content().Directory.Countries() {
		all = append(all, choice{ID: code, Name: in.country(code), Picked: code == picked})
	}
	slices.SortFunc(all, func(a, b choice) int { return strings.Compare(locales.Normal(a.Name), locales.Normal(b.Name)) })
	return all
}

func (d *desk) addPlace(w http.ResponseWriter, r *http.Request, s seat) {
	country, kind := r.PostForm.Get("country"), r.PostForm.Get("kind")
	if !slices.Contains(d.Content().Directory.Countries(), country) {
		d.placesPage(w, r, http.StatusUnprocessableEntity, s, said("Choose a country."))
		return
	}
	if !slices.Contains(kinds, kind) {
		d.placesPage(w, r, http.StatusUnprocessableEntity, s, said("Choose what the code is printed on."))
		return
	}
	p, err := d.Line.AddPlacement(r.Context(), s.ID, country, kind)
	if err != nil {
		d.fail(w, r, "adding a placement", err)
		return
	}
	http.Redirect(w, r, "/places/"+p.Code.String(), http.StatusSeeOther)
}

// A placePage shows one code to print.
type placePage struct {
	placeRow
	URL    string
	Symbol template.HTML
}

// placement finds the one the path names; on failure it has answered.
func (d *desk) placement(w http.ResponseWriter, r *http.Request) (line.Placement, bool) {
	if code, err := line.ParseCode(r.PathValue("code")); err == nil {
		if p, ok := d.Line.Placement(code); ok {
			return p, true
		}
	}
	d.message(w, r, http.StatusNotFound, "There is no such code.")
	return line.Placement{}, false
}

func (d *desk) place(w http.ResponseWriter, r *http.Request, s seat) {
	pl, ok := d.placement(w, r)
	if !ok {
		return
	}
	in := d.words(r)
	p := placePage{placeRow: d.placeRow(in, pl), URL: d.PublicURL + "/" + pl.Code.String()}
	if !pl.Revoked {
		var err error
		if p.Symbol, err = drawn(p.URL); err != nil {
			d.fail(w, r, "drawing a code", err)
			return
		}
	}
	d.render(w, r, http.StatusOK, "place", page{Title: d.Title, Seat: &s, Body: p})
}

// symbol is the code's drawing as a file for whoever prints it. A revoked code is not drawn.
func (d *desk) symbol(w http.ResponseWriter, r *http.Request, _ seat) {
	pl, ok := d.placement(w, r)
	if !ok {
		return
	}
	if pl.Revoked {
		d.message(w, r, http.StatusGone, "This code is revoked: there is nothing to print.")
		return
	}
	svg, err := drawn(d.PublicURL + "/" + pl.Code.String())
	if err != nil {
		d.fail(w, r, "drawing a code", err)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+pl.Code.Display()+`.svg"`)
	_, _ = w.Write([]byte(svg)) // whoever asked may be gone
}

func (d *desk) revoke(w http.ResponseWriter, r *http.Request, s seat) {
	pl, ok := d.placement(w, r)
	if !ok {
		return
	}
	err := d.Line.Revoke(r.Context(), s.ID, pl.Code)
	if errors.Is(err, line.ErrUnknown) {
		d.message(w, r, http.StatusNotFound, "There is no such code.")
		return
	}
	if err != nil {
		d.fail(w, r, "revoking a code", err)
		return
	}
	http.Redirect(w, r, "/places/"+pl.Code.String(), http.StatusSeeOther)
}
