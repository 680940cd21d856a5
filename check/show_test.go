package check_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"quietline/check"
)

// A drawn is what one SVG holds.
type drawn struct {
	text  string // all its texts, joined
	boxes []rect
	ways  int
	w, h  float64
}

type rect struct{ x, y, w, h float64 }

// readSVG reads a drawing as any reader of XML does.
func readSVG(t *testing.T, b []byte) drawn {
	t.Helper()
	var d drawn
	var words []string
	in := ""
	for dec := xml.NewDecoder(bytes.NewReader(b)); ; {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			in = e.Name.Local
			at := map[string]string{}
			for _, a := range e.Attr {
				at[a.Name.Local] = a.Value
			}
			num := func(name string) float64 {
				f, err := strconv.ParseFloat(at[name], 64)
				if err != nil {
					t.Fatalf("%s of %s: %v", name, in, err)
				}
				return f
			}
			switch {
			case in == "svg":
				d.w, d.h = num("width"), num("height")
			case in == "rect" && at["class"] != "":
				d.boxes = append(d.boxes, rect{num("x"), num("y"), num("width"), num("height")})
			case in == "path" && at["class"] == "way":
				d.ways++
			}
		case xml.CharData:
			if in == "text" {
				words = append(words, strings.Fields(string(e))...)
			}
		}
	}
	d.text = " " + strings.Join(words, " ") + " "
	return d
}

// Every drawing holds each word that its flow says, as many arrows as there are ways on, and no two boxes on each other.
func TestDraw(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	for _, f := range in.Book.Flows() {
		svg := check.Draw(in.Catalogues, "en", f)
		if !bytes.Equal(svg, check.Draw(in.Catalogues, "en", f)) {
			t.Errorf("%s: drawn twice, it differs", f.Name)
		}
		d := readSVG(t, svg)
		ways := 0
		for _, s := range f.Steps {
			ways += len(s.Next())
			for _, id := range s.Say {
				text, err := in.Catalogues.Text("en", id, nil)
				if err == nil && !strings.Contains(d.text, " "+strings.Join(strings.Fields(text), " ")+" ") {
					t.Errorf("%s: %q is not in the drawing", f.Name, text)
				}
			}
		}
		if d.ways != ways {
			t.Errorf("%s: %d arrows for %d ways on", f.Name, d.ways, ways)
		}
		for i, a := range d.boxes {
			if a.x < 0 || a.y < 0 || a.x+a.w > d.w || a.y+a.h > d.h {
				t.Errorf("%s: a box lies outside the drawing: %+v", f.Name, a)
			}
			for _, b := range d.boxes[i+1:] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s: two boxes lie on each other: %+v, %+v", f.Name, a, b)
				}
			}
		}
	}
}

// A transcript holds each step and each answer once, in every language, and only words that people read.
func TestTranscript(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	for _, l := range in.Catalogues.Languages() {
		all := string(check.Transcript(in.Catalogues, l.Tag, in.Book, ""))
		answers := 0
		for _, f := range in.Book.Flows() {
			alone := string(check.Transcript(in.Catalogues, l.Tag, in.Book, f.Name))
			if !strings.Contains(all, alone) {
				t.Errorf("%s: the flow %s alone is not what it is among all", l.Tag, f.Name)
			}
			for _, s := range f.Steps {
				answers += len(s.Choices)
				if s.Menu != "" {
					answers++
				}
			}
		}
		if n := strings.Count(all, "\n> "); n != answers {
			t.Errorf("%s: %d answers are taken, there are %d", l.Tag, n, answers)
		}
		if in.Catalogues.Has(l.Tag, "consent.ask") { // a language that is not finished: TestShippedBook tells
			for _, id := range in.Book.IDs() {
				if strings.Contains(all, "("+id+")") {
					t.Errorf("%s: shows the id %s instead of words", l.Tag, id)
				}
			}
		}
	}
}

// Whatever a flow of the shipped book asks about or does is shown in words.
func TestPlainWords(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	for _, f := range in.Book.Flows() {
		for _, s := range f.Steps {
			if !check.InWords("", "", s.Menu) {
				t.Errorf("the menu %q has no plain words", s.Menu)
			}
			for _, b := range s.Branch {
				for _, w := range slices.Concat(b.If, b.Not) {
					if !check.InWords(w, "", "") {
						t.Errorf("the condition %q has no plain words", w)
					}
				}
			}
			does := slices.Clone(s.Do)
			for _, a := range s.Choices {
				does = append(does, a.Do...)
			}
			for _, e := range does {
				if !check.InWords("", e.Do, "") {
					t.Errorf("the effect %q has no plain words", e.Do)
				}
			}
		}
	}
}

// The page shows each drawing with its reasons and how far it was reviewed.
func TestPage(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	page := string(check.Page(in.Book, "flows"))
	for _, f := range in.Book.Flows() {
		for _, want := range []string{"](flows/" + f.Name + ".svg)", f.Rationale, "(#" + f.Name + ")"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	}
	if strings.Count(page, "drafted: nobody else has read it yet") != len(in.Book.Flows()) {
		t.Error("the page does not say of every flow that it is drafted")
	}
}
