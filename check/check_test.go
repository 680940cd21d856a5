package check_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/BurntSushi/toml"

	"quietline/check"
	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

// files are the shipped flows and catalogues, "flows/…" and "locales/…".
func files(t testing.TB) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for dir, src := range map[string]fs.FS{"flows": flows.Shipped(), "locales": locales.Shipped()} {
		err := fs.WalkDir(src, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(src, p)
			all[path.Join(dir, p)] = &fstest.MapFile{Data: text}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// numbers is the directory, which no seed changes.
var numbers = sync.OnceValues(func() (*directory.Directory, error) { return directory.Load(directory.Data(), nil) })

// read reads everything from all, with an operator's texts over the catalogues.
func read(all, texts fstest.MapFS) (check.Input, error) {
	flowFiles, err := fs.Sub(all, "flows")
	if err != nil {
		return check.Input{}, err
	}
	wordFiles, err := fs.Sub(all, "locales")
	if err != nil {
		return check.Input{}, err
	}
	book, err := flows.Load(flowFiles, nil)
	if err != nil {
		return check.Input{}, err
	}
	cats, err := locales.Load(wordFiles, texts)
	if err != nil {
		return check.Input{}, err
	}
	dir, err := numbers()
	if err != nil {
		return check.Input{}, err
	}
	return check.Input{Book: book, Catalogues: cats, Directory: dir, Languages: []string{"en"}, Channels: []flows.Limits{
		{Channel: "telegram", MaxChoices: 6, MaxText: 4096, MaxLabel: 40, CallbackBytes: 64},
		{Channel: "sms", MaxChoices: 6, MaxSegments: 3},
		{Channel: "whatsapp", MaxChoices: 6, MaxText: 1600},
	}}, nil
}

// load is read for what must be readable.
func load(t testing.TB, all fstest.MapFS, texts fstest.MapFS) check.Input {
	t.Helper()
	in, err := read(all, texts)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestShippedBook(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	in.Languages = nil
	for _, f := range check.Check(in) {
		t.Error(f)
	}
}

// A seed is one mistake in the shipped book or its words, or in a face of a line.
type seed struct {
	Class, Step, Lang string
	Edit              []struct{ File, Old, New string }
	Text              []struct{ Lang, ID, Text string }
	Face              []struct{ Key, Text string }
	Refused           string // part of the error with which it is not even loaded
}

// sow makes the mistake and returns its faults.
func (s seed) sow(t *testing.T) ([]check.Fault, error) {
	if len(s.Face) > 0 {
		var faces []check.Face
		for _, f := range s.Face {
			faces = append(faces, check.Face{Key: f.Key, Text: f.Text})
		}
		return check.Faces(load(t, files(t), fstest.MapFS{}).Catalogues, faces), nil
	}
	all, texts := files(t), fstest.MapFS{}
	for _, e := range s.Edit {
		old := string(all[e.File].Data)
		if strings.Count(old, e.Old) != 1 {
			t.Fatalf("%s holds %d times what the seed replaces: bring the seed up to date", e.File, strings.Count(old, e.Old))
		}
		all[e.File] = &fstest.MapFile{Data: []byte(strings.Replace(old, e.Old, e.New, 1))}
	}
	for _, x := range s.Text {
		texts[x.Lang+".toml"] = &fstest.MapFile{Data: []byte("[\"" + x.ID + "\"]\nother = \"\"\"" + x.Text + "\"\"\"\n")}
	}
	for name := range all { // the words of keys and the reviews take long to read, and only these languages are looked at
		dir, file := path.Split(name)
		lang := strings.TrimPrefix(strings.TrimSuffix(file, ".toml"), "return.")
		if (dir == "locales/words/" || dir == "locales/review/") && lang != "en" && lang != s.Lang {
			delete(all, name)
		}
	}
	in, err := read(all, texts)
	if err != nil {
		return nil, err
	}
	if s.Lang != "" {
		in.Languages = []string{"en", s.Lang}
	}
	if s.Class == string(check.Choices) {
		in.Channels = nil // none carries more choices than a book may offer
	}
	return check.Check(in), nil
}

// Every seeded mistake is caught, in its class and at its place, and brings no other fault with it. Every class has one,
// but for one that needs another program: the needs of the menu and of the directory stand in code.
func TestSeeds(t *testing.T) {
	names, err := fs.Glob(seeds, "testdata/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatal("no seeds", err)
	}
	caught := map[check.Class]bool{check.NeedsDiffer: true}
	shipped := load(t, files(t), fstest.MapFS{})
	shipped.Languages = nil
	before := check.Check(shipped) // TestShippedBook tells of these
	for _, name := range names {
		t.Run(strings.TrimSuffix(path.Base(name), ".toml"), func(t *testing.T) {
			var s seed
			meta, err := toml.DecodeFS(seeds, name, &s)
			if err != nil || len(meta.Undecoded()) > 0 {
				t.Fatal(err, meta.Undecoded())
			}
			faults, err := s.sow(t)
			if err != nil || s.Refused != "" {
				if s.Refused == "" || err == nil || !strings.Contains(err.Error(), s.Refused) || !strings.Contains(err.Error(), s.Step) {
					t.Fatalf("loading it: %v; want an error with %q and %q", err, s.Step, s.Refused)
				}
				caught[check.Class(s.Class)] = true
				return
			}
			found := false
			for _, f := range faults {
				if slices.Contains(before, f) {
					continue
				}
				if string(f.Class) != s.Class {
					t.Errorf("also raises %s: %s", f.Class, f)
					continue
				}
				if f.Step != s.Step {
					continue
				}
				found = true
				caught[f.Class] = true
				_, step, _ := strings.Cut(s.Step, ".")
				if !strings.Contains(f.Error(), f.File) || !strings.Contains(f.Error(), step) || f.File == "" && len(s.Face) == 0 {
					t.Errorf("the message names no file, step and mend: %s", f)
				}
			}
			if !found {
				t.Errorf("not caught: %s at %s", s.Class, s.Step)
			}
		})
	}
	for _, c := range check.Classes() {
		if !caught[c] {
			t.Errorf("no seed for the class %q", c)
		}
	}
	if n := len(check.Classes()); n < 18 {
		t.Errorf("%d classes", n)
	}
}

func TestChannels(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	for _, c := range []struct {
		limits flows.Limits
		step   string
	}{
		{flows.Limits{Channel: "small", MaxChoices: 3}, "check.who"},
		{flows.Limits{Channel: "small", MaxChoices: 5}, "check.needs"},
		{flows.Limits{Channel: "small", CallbackBytes: 5}, "check.unseen"},
		{flows.Limits{Channel: "small", MaxText: 60}, "check.legend"},
		{flows.Limits{Channel: "small", MaxLabel: 10}, "check.unseen.later"},
		{flows.Limits{Channel: "small", MaxSegments: 1}, "closing.made"},
		{flows.Limits{Channel: "small", MaxSegments: 1}, "check.needs"}, // with its answers
		{flows.Limits{Channel: "small", MaxText: 130}, "check.needs"},
	} {
		in.Channels = []flows.Limits{c.limits}
		if !slices.ContainsFunc(check.Check(in), func(f check.Fault) bool {
			return (f.Class == check.Channel || f.Class == check.Parts) && f.Step == c.step
		}) {
			t.Errorf("%+v: %s passes", c.limits, c.step)
		}
	}
}

// BenchmarkEdit is what a manager waits for after saving an edit: everything is read and proven again, in every language
// and for every channel. It is to take at most two seconds.
func BenchmarkEdit(b *testing.B) {
	all := files(b)
	for b.Loop() {
		in := load(b, all, fstest.MapFS{})
		in.Languages = nil
		check.Check(in)
	}
	if each := b.Elapsed() / time.Duration(b.N); each > 2*time.Second {
		b.Errorf("an edit is checked in %v, at most 2 s are allowed", each)
	}
}

// BenchmarkCheck is the proof alone.
func BenchmarkCheck(b *testing.B) {
	in := load(b, files(b), fstest.MapFS{})
	in.Languages = nil
	for b.Loop() {
		check.Check(in)
	}
}
