package directory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxFile is the largest data file read, in bytes. The shipped ones are under 90 kB.
const maxFile = 4 << 20

// reading collects the faults of one Load.
type reading struct {
	faults Faults
	torn   bool // a line could not be told apart, so an id that seems to be missing says nothing
}

// tear is a fault after which rows are missing.
func (r *reading) tear(file string, line int, field, format string, args ...any) {
	r.torn = true
	r.bad(file, line, field, format, args...)
}

func (r *reading) bad(file string, line int, field, format string, args ...any) {
	r.faults = append(r.faults, Fault{file, line, field, fmt.Sprintf(format, args...)})
}

// A row is one line of a CSV file, its values by column.
type row struct {
	r      *reading
	file   string
	line   int
	values map[string]string
}

func (w row) get(field string) string { return w.values[field] }

func (w row) bad(field, format string, args ...any) { w.r.bad(w.file, w.line, field, format, args...) }

// readFile returns a file's bytes, or nil with a fault or, for a file that may be missing, without one.
func (r *reading) readFile(fsys fs.FS, name string, mayMiss bool) []byte {
	f, err := fsys.Open(name)
	if err != nil {
		if !mayMiss || !errors.Is(err, fs.ErrNotExist) {
			r.tear(name, 0, "", "cannot be opened: %v", cause(err))
		}
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		r.tear(name, 0, "", "cannot be read: %v", cause(err))
		return nil
	case len(b) > maxFile:
		r.tear(name, 0, "", "is larger than %d bytes; split off what is not needed", maxFile)
		return nil
	case !utf8.Valid(b):
		r.tear(name, 1+strings.Count(string(b[:firstInvalid(b)]), "\n"), "", "is not UTF-8; save it as UTF-8")
		return nil
	}
	return b
}

// cause drops the path that a file error carries: the fault names the file already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// table reads a CSV file whose first line is exactly the columns, and after them any of the optional ones.
func (r *reading) table(fsys fs.FS, name string, mayMiss bool, columns []string, optional ...string) []row {
	b := r.readFile(fsys, name, mayMiss)
	if b == nil {
		return nil
	}
	return r.parseTable(name, string(b), columns, optional...)
}

func (r *reading) parseTable(name, text string, columns []string, optional ...string) []row {
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))) // a spreadsheet's mark of UTF-8
	c.FieldsPerRecord = -1
	header, err := c.Read()
	if err != nil {
		r.tear(name, 1, "", "has no header line; it must be %s", strings.Join(columns, ","))
		return nil
	}
	if !r.header(name, header, columns, optional) {
		r.torn = true
		return nil
	}
	var rows []row
	for {
		record, err := c.Read()
		if err == io.EOF {
			return rows
		}
		var pe *csv.ParseError
		if errors.As(err, &pe) { // after a broken quotation mark the rest cannot be told apart
			r.tear(name, pe.Line, "", "%v; close or double the quotation mark", pe.Err)
			return rows
		}
		if err != nil {
			r.tear(name, 0, "", "cannot be read: %v", err)
			return rows
		}
		line, _ := c.FieldPos(0)
		w := row{r, name, line, map[string]string{}}
		if len(record) != len(header) {
			r.tear(name, line, "", "has %d fields where the header has %d; put a text with a comma in quotation marks", len(record), len(header))
			continue
		}
		for i, v := range record {
			w.values[header[i]] = v
			w.plain(header[i], v)
		}
		rows = append(rows, w)
	}
}

func (r *reading) header(name string, header, columns, optional []string) bool {
	allowed := append(slices.Clone(columns), optional...)
	ok := true
	for i, h := range header {
		if !slices.Contains(allowed, h) {
			r.bad(name, 1, h, "is no column; %s", oneOf(h, allowed))
			ok = false
		} else if slices.Contains(header[:i], h) {
			r.bad(name, 1, h, "stands twice in the header")
			ok = false
		}
	}
	for i, h := range columns {
		if !slices.Contains(header, h) {
			r.bad(name, 1, h, "is missing in the header")
			ok = false
		} else if ok && header[i] != h {
			r.bad(name, 1, header[i], "stands where %s must; the order is %s", h, strings.Join(columns, ","))
			return false
		}
	}
	return ok
}

// plain refuses what could hide or turn round text on a screen: controls, line breaks, bidi marks, outer spaces.
func (w row) plain(field, v string) {
	if v != strings.TrimSpace(v) {
		w.bad(field, "has a space before or after the text")
	}
	for _, c := range v {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			w.bad(field, "holds the invisible character %U; type the text again without it", c)
			return
		}
	}
}

// among returns the value if it is allowed, and else faults it.
func (w row) among(field string, allowed []string) string {
	v := w.get(field)
	if !slices.Contains(allowed, v) {
		w.bad(field, "%s", oneOf(v, allowed))
	}
	return v
}

// list splits a value at "; " and faults parts outside the closed list and parts named twice.
func (w row) list(field string, allowed []string) []string {
	if w.get(field) == "" {
		return nil
	}
	parts := strings.Split(w.get(field), "; ")
	for i, p := range parts {
		if !slices.Contains(allowed, p) {
			w.bad(field, "%s", oneOf(p, allowed))
		} else if slices.Contains(parts[:i], p) {
			w.bad(field, "names %q twice", p)
		}
	}
	return parts
}

// filled faults an empty field.
func (w row) filled(field string) string {
	v := w.get(field)
	if v == "" {
		w.bad(field, "is empty")
	}
	return v
}

// day reads a date.
func (w row) day(field string) time.Time {
	t, err := time.Parse(time.DateOnly, w.get(field))
	if err != nil {
		w.bad(field, "%q is not a day; write it like 2026-01-31", w.get(field))
	}
	return t
}
