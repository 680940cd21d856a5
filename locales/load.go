package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.toml review/*.toml words discreet/*.toml desk/*.toml phrases/*.toml
var shipped embed.FS

// Shipped returns the files this package brings along.
func Shipped() fs.FS { return shipped }

// maxFile bounds one file, in bytes.
const maxFile = 4 << 20

// Load reads the shipped files and over them those of content, the operator's folder "locales"; content may be nil, and
// any file in it may be missing. Rows of languages.toml, messages, contexts and reviews of content replace shipped ones by
// id; word lists of content are added to the shipped ones. Load checks each file by itself strictly and returns either
// everything or all errors joined, each with file and id. What is wrong between languages, Faults tells.
func Load(shipped, content fs.FS) (*Catalogues, error) {
	ld := &loader{layers: []layer{{fsys: shipped, name: "shipped locales/"}}}
	if content != nil {
		ld.layers = append(ld.layers, layer{fsys: content, name: "content/locales/", optional: true})
	}
	c := ld.load()
	if len(ld.errs) > 0 {
		return nil, fmt.Errorf("locales: %w", errors.Join(ld.errs...))
	}
	return c, nil
}

// layer is one folder of files.
type layer struct {
	fsys     fs.FS
	name     string // for errors
	optional bool   // files may be missing
}

type loader struct {
	layers []layer
	errs   []error
}

func (ld *loader) fail(ly layer, file, format string, args ...any) {
	ld.errs = append(ld.errs, fmt.Errorf(ly.name+file+": "+format, args...))
}

// read decodes one file of one layer into v strictly; false means that there is nothing to use.
func (ld *loader) read(ly layer, file string, v any) bool {
	f, err := ly.fsys.Open(file)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			ld.fail(ly, file, "%w", err)
		}
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("is over %d bytes", maxFile)
	}
	if err != nil {
		ld.fail(ly, file, "%w", err)
		return false
	}
	md, err := toml.NewDecoder(f).Decode(v)
	if err != nil {
		ld.fail(ly, file, "%w", err)
		return false
	}
	if _, untyped := v.(*map[string]any); untyped {
		return true // its caller looks at every key
	}
	for _, key := range md.Undecoded() {
		ld.fail(ly, file, "unknown key %q", key.String())
	}
	return true
}

func (ld *loader) load() *Catalogues {
	c := &Catalogues{
		table:    ld.table(),
		langs:    make(map[string]*lang),
		holders:  make(map[string][]string),
		context:  make(map[string]string),
		discreet: make(map[string]*grammar),
	}
	if len(ld.errs) > 0 {
		return nil
	}
	ld.strangers(c.table)
	ld.contexts(c)
	for _, row := range c.table.rows {
		c.langs[row.Tag] = ld.language(row)
	}
	english, ok := c.langs[source]
	if !ok {
		ld.errs = append(ld.errs, fmt.Errorf("languages.toml: %q is missing: it is the language the others are translated from", source))
		return nil
	}
	c.ids = sortedKeys(english.messages)
	for id, m := range english.messages {
		c.holders[id] = m.holders
	}
	ld.phrases(c)
	ld.discreet(c)
	for _, row := range c.table.rows {
		l := c.langs[row.Tag]
		l.state = c.worst(l)
	}
	ld.safeReturnWords(c)
	return c
}

func (ld *loader) table() Table {
	type row struct {
		Tag     string   `toml:"tag"`
		Own     string   `toml:"own"`
		Dir     string   `toml:"dir"`
		Aliases []string `toml:"aliases"`
		Plural  string   `toml:"plural"`
	}
	const file = "languages.toml"
	var rows []Language
	for _, ly := range ld.layers {
		var f struct {
			Language []row `toml:"language"`
		}
		if !ld.read(ly, file, &f) {
			continue
		}
		var own []Language
		for _, r := range f.Language {
			own = append(own, Language(r))
		}
		if _, err := newTable(ly.name+file, own); err != nil {
			ld.errs = append(ld.errs, err)
			continue
		}
		rows = mergeRows(rows, own)
	}
	if len(ld.errs) > 0 {
		return Table{}
	}
	t, err := newTable(file, rows)
	if err != nil {
		ld.errs = append(ld.errs, err)
	}
	return t
}

// strangers refuses catalogue files of languages that the table does not have: nobody would ever read them.
func (ld *loader) strangers(t Table) {
	for _, ly := range ld.layers {
		for _, dir := range []string{".", "review", "words", "discreet", "desk", "phrases"} {
			entries, err := fs.ReadDir(ly.fsys, dir)
			if err != nil {
				continue // a missing folder; a missing file is told where it is needed
			}
			for _, e := range entries {
				name, isTOML := strings.CutSuffix(e.Name(), ".toml")
				if !isTOML || e.IsDir() || dir == "." && (name == "languages" || name == "context") || dir == "discreet" && name == everyLanguage || dir == "phrases" && name == "phrases" {
					continue
				}
				name = strings.TrimPrefix(name, "return.")
				if !slices.ContainsFunc(t.rows, func(l Language) bool { return l.Tag == name }) {
					ld.fail(ly, path.Join(dir, e.Name()), "language %q is not in languages.toml: add it there, or mend the file's name", name)
				}
			}
		}
	}
}

func (ld *loader) contexts(c *Catalogues) {
	for _, ly := range ld.layers {
		var lines map[string]string
		if !ld.read(ly, "context.toml", &lines) {
			continue
		}
		for id, text := range lines {
			if strings.TrimSpace(text) == "" {
				ld.fail(ly, "context.toml", "%q is empty: say who reads the message, when, and what must not be said", id)
			}
			c.context[id] = text
		}
	}
}

// language reads all of one language's files but its telling words.
func (ld *loader) language(row Language) *lang {
	l := &lang{Language: row, messages: make(map[string]message), review: make(map[string]Review), desk: make(map[string]string), countries: countryNames(row.Tag)}
	l.named = sync.OnceValue(l.byName)
	pluralTag := row.Plural
	if pluralTag == "" {
		pluralTag = row.Tag
	}
	tag, err := language.Parse(pluralTag)
	if err != nil {
		ld.errs = append(ld.errs, fmt.Errorf("languages.toml: language %q: %q is not a BCP 47 tag: %w", row.Tag, pluralTag, err))
		return l
	}
	bundle := i18n.NewBundle(tag)
	found := false
	for _, ly := range ld.layers {
		found = ld.messages(ly, l, l.Tag+".toml") || found
		ld.messages(ly, l, "phrases/"+l.Tag+".toml")
		ld.reviews(ly, l)
		ld.deskTexts(ly, l)
	}
	if !found {
		ld.errs = append(ld.errs, fmt.Errorf("%s.toml: missing: languages.toml names the language", row.Tag))
		return l
	}
	for _, id := range sortedKeys(l.messages) {
		f := l.messages[id].forms
		err := bundle.AddMessages(tag, &i18n.Message{ID: id, Zero: f["zero"], One: f["one"], Two: f["two"], Few: f["few"], Many: f["many"], Other: f["other"]})
		if err != nil {
			ld.errs = append(ld.errs, fmt.Errorf("languages.toml: language %q: %w: name with plural = a tag whose plural rules fit", row.Tag, err))
			return l
		}
	}
	l.localizer = i18n.NewLocalizer(bundle, tag.String())
	ld.pluralForms(l)
	ld.wordForms(l)
	l.learned = &later{fsys: ld.layers[0].fsys, file: "words/" + l.Tag + ".learned"}
	return l
}

func (ld *loader) messages(ly layer, l *lang, file string) bool {
	var raw map[string]any
	if !ld.read(ly, file, &raw) {
		return false
	}
	for _, id := range sortedKeys(raw) {
		m, err := newMessage(raw[id])
		if err == nil && !validID(id) {
			err = errors.New(`ids are lower-case words joined by dots, quoted: ["check.unseen"]`)
		}
		if err != nil {
			ld.fail(ly, file, "%q: %w", id, err)
			continue
		}
		m.file = ly.name + file
		l.messages[id] = m
	}
	return true
}

func (ld *loader) reviews(ly layer, l *lang) {
	file := "review/" + l.Tag + ".toml"
	var f map[string]Review
	if !ld.read(ly, file, &f) {
		return
	}
	for id, r := range f {
		switch r.State {
		case Drafted:
		case BackTranslated, Reviewed:
			if _, err := time.Parse(time.DateOnly, r.On); err != nil || r.By == "" {
				ld.fail(ly, file, "%q: state %q needs by (a role or pseudonym) and on (a day, 2006-01-02)", id, r.State)
			}
		default:
			ld.fail(ly, file, "%q: state %q is none of drafted, back-translated, reviewed", id, r.State)
		}
		l.review[id] = r
	}
}
