package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"quietline/directory"
	"quietline/line"
)

// A config is quietline.toml. The tags are its manual: `quietline config` prints them, and a test proves that every key
// has a reader. "need" is a key without which serve does not start; "say" is what the key means.
type config struct {
	PublicURL    string `toml:"public_url" need:"yes" say:"The address people open, https://HOST without a path: it is what codes are made of. Neutral: no telling word in the host name."`
	PublicListen string `toml:"public_listen" need:"yes" say:"Where the public page listens, host:port, behind your https proxy: 127.0.0.1:8080."`
	DeskURL      string `toml:"desk_url" need:"yes" say:"The address of the staff's desk, https://HOST without a path, another host than public_url."`
	DeskListen   string `toml:"desk_listen" need:"yes" say:"Where the desk listens, host:port: 127.0.0.1:8081."`
	Insecure     bool   `toml:"insecure" say:"true lets plain http be used off this machine. Whoever is on the way then reads everything. Never for a real line."`

	Cover     string   `toml:"cover" need:"yes" say:"The line's innocuous name: the title of the page and its first words. At most 40 characters, no telling word."`
	ExitURL   string   `toml:"exit_url" need:"yes" say:"Where leaving leads: an ordinary https page that anybody might have open, such as a weather page."`
	Languages []string `toml:"languages" need:"yes" say:"The languages offered, as tags, in the order of the menu; the first is the line's own. Naming one here offers it even if it is drafted, that is, if no reviewer has read it; people are told."`
	Countries []string `toml:"countries" say:"The countries offered, two letters each, in the order of the menu. Without it: every country of the directory."`

	State      string `toml:"state" default:"memory" say:"Where conversations live: memory (in runtime_dir, which must be on tmpfs: they die with the machine, and nothing is kept longer than 24 h), or the path of a folder on an encrypted disk."`
	RuntimeDir string `toml:"runtime_dir" default:"/run/quietline" say:"The folder of quietline.sock and, with state = \"memory\", of the conversations."`
	LineDir    string `toml:"line_dir" default:"/var/lib/quietline" say:"The folder of what outlives conversations: staff, codes, audit, and the last content that passed. Nothing about a person."`
	ContentDir string `toml:"content_dir" say:"Your own content folder (locales, flows, directory.csv, rights.csv, directory-review.toml), laid over what is built in. Edits are taken within a second, if they pass."`

	Unchecked     string   `toml:"unchecked" default:"show" say:"Numbers that you have not tried yourselves: show (after your own, marked as not tried) or hide."`
	RevealAddress string   `toml:"reveal_address" default:"never" say:"never, or two_leads: two leads together may see a person's address to save a life; it is logged, and people are told that it can happen."`
	Duties        duties   `toml:"duties" need:"yes" say:"Your statement of what the law makes you report. Without it serve does not start."`
	ComplaintBody string   `toml:"complaint_body" say:"An outside body that takes complaints about you, and how to reach it, as it is shown to whoever complains: \"Charity Regulator, regulator.example\". At most 160 bytes, in words that stay the same in every language. Without it people are told that none is named."`
	UntriedFlows  []string `toml:"untried_flows" say:"Flows that may be used though they have not been tried with paid survivor advisers. serve refuses any other untried flow, and names it."`
	RecordKey     string   `toml:"record_key" say:"Only if the law makes you keep records: your organisation's own public key, age1…, whose secret half is not on this server. Advisers can then make a record sealed to it; people are told that you do."`
	MaxNewChats   int      `toml:"max_new_chats" default:"50" say:"How many new chats may wait for an adviser at once, 1 to 10000. Further people are told, and enter by a short wait."`

	Shifts []line.Shift  `toml:"shift" say:"One [[shift]] for each time at which you promise to be there: days, from, to, zone, langs. Outside of every shift the line says that it is closed."`
	Closed []line.Closed `toml:"closed" say:"One [[closed]] for days on which no shift is held: a day, or from and to, or holidays. A shift that runs into a closed day ends as the day begins. Leads and operators close and open single days at the desk."`

	Partners []partnerTable `toml:"partner" say:"One [[partner]] for each organisation to which people can be referred with their yes: a sheet is sealed to its key and handed over by the adviser."`

	Telegram *telegramTable `toml:"telegram" say:"The line on Telegram; without this table it is not there."`
	OnCall   *oncallTable   `toml:"oncall" say:"Who is told when somebody waits and nobody takes them. Without this table nobody is, and people hear that nobody reads while nobody is on duty."`
	Twilio   *twilioTable   `toml:"twilio" say:"The line by SMS and WhatsApp, through Twilio; without this table it has neither."`

	dir  string             // the folder of the file: relative paths start there
	file string             // the file; empty: there is none
	line func(toml.Key) int // on which line of the file a key stands, or 0
}

// duties is the operator's signed statement: words, a name and a date. It is shown in the limits text (S6).
type duties struct {
	Statement  string            `toml:"statement" need:"yes" say:"What you must report and to whom, in one or two plain sentences that a person is shown before a handoff; in your first language."`
	Translated map[string]string `toml:"translated" say:"The same statement in each further language that you offer, such as { es = \"…\" }: people must be able to read it."`
	Name       string            `toml:"name" need:"yes" say:"Who in your organisation answers for the statement."`
	Date       string            `toml:"date" need:"yes" say:"The day on which they signed it, 2026-01-31."`
}

// Limits of values in quietline.toml.
const (
	maxConfig    = 1 << 20 // bytes; a line's own is about 2 kB
	maxCover     = 40      // characters: what an old phone shows of a title
	maxStatement = 600     // bytes: one screen of 360×640, and four text messages
	maxBody      = 160     // bytes: it must fit into one text message with the sentence around it
)

// readConfig reads a quietline.toml. Its error holds every fault found, one a line: file, line, key and how to mend it.
func readConfig(file string) (*config, error) {
	b, err := readFile(file, maxConfig)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w; `quietline config` prints what it may hold", err)
	}
	c := defaults()
	if c.dir, err = filepath.Abs(filepath.Dir(file)); err != nil {
		return nil, fmt.Errorf("reading the configuration %s: %w", file, err)
	}
	text := string(b)
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("%s: the file is not valid UTF-8: save it as UTF-8", file)
	}
	c.file, c.line = file, lineFinder(text)
	meta, err := toml.Decode(text, c)
	if err != nil {
		return nil, fmt.Errorf("%s%s", file, placed(err))
	}
	for _, table := range []reflect.Value{reflect.ValueOf(c.Telegram), reflect.ValueOf(c.Twilio)} {
		if !table.IsNil() { // what is at the top has its defaults already, and may be empty by mistake
			setDefaults(table.Elem())
		}
	}
	if c.OnCall != nil {
		for i := range c.OnCall.Steps {
			setDefaults(reflect.ValueOf(&c.OnCall.Steps[i]).Elem())
		}
		if c.OnCall.Mail != nil {
			setDefaults(reflect.ValueOf(c.OnCall.Mail).Elem())
		}
	}
	var faults []error
	for _, key := range topmost(meta.Undecoded()) {
		faults = append(faults, fmt.Errorf("%snothing reads the key %q; the nearest known key is %q", c.where(key), key.String(), nearestKey(key.String())))
	}
	for _, f := range c.faults(meta) {
		faults = append(faults, fmt.Errorf("%s%s: %s", c.where(f.key), f.key, f.mend))
	}
	return c, errors.Join(faults...)
}

// where is the file and the line of a key, to stand before what is said of it; nothing without a file.
func (c *config) where(key toml.Key) string {
	if c.file == "" {
		return ""
	}
	for len(key) > 0 { // a table that holds it says where it is missing
		if n := c.line(key); n > 0 {
			return fmt.Sprintf("%s:%d: ", c.file, n)
		}
		key = key[:len(key)-1]
	}
	return c.file + ": "
}

// placed says what is wrong with TOML as ":line: key: message".
func placed(err error) string {
	var p toml.ParseError
	if errors.As(err, &p) {
		if p.LastKey != "" {
			p.LastKey += ": "
		}
		return fmt.Sprintf(":%d: %s%s", p.Position.Line, p.LastKey, p.Message)
	}
	// A value of a wrong type has line and key only in its text.
	if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
		return ":" + m[1] + ": " + m[2] + ": " + m[3]
	}
	return ": " + err.Error()
}

var wrongType = regexp.MustCompile(`^toml: line (\d+) \(last key "([^"]*)"\): (.*)$`)

// A fault is one thing wrong with a key, and how to mend it.
type fault struct {
	key  toml.Key
	mend string
}

// faults checks every value.
func (c *config) faults(meta toml.MetaData) []fault {
	var out []fault
	fail := func(mend string, key ...string) { out = append(out, fault{key, mend}) }
	missing := map[string]bool{}
	for _, k := range keys() {
		path := strings.Split(k.name, ".")
		if k.need && !k.part && !meta.IsDefined(path...) {
			missing[k.name] = true
			fail("is missing: "+k.say, path...)
		}
	}
	for name, value := range map[string]string{"public_url": c.PublicURL, "desk_url": c.DeskURL, "exit_url": c.ExitURL} {
		if missing[name] {
			continue
		}
		if mend := c.badURL(value, name == "exit_url"); mend != "" {
			fail(mend, name)
		}
	}
	if c.PublicURL != "" && c.PublicURL == c.DeskURL {
		fail("is the same as public_url: the desk needs a host name of its own", "desk_url")
	}
	for name, value := range map[string]string{"public_listen": c.PublicListen, "desk_listen": c.DeskListen} {
		if missing[name] {
			continue
		}
		if mend := c.badListen(value); mend != "" {
			fail(mend, name)
		}
	}
	if n := utf8.RuneCountInString(c.Cover); !missing["cover"] && (strings.TrimSpace(c.Cover) == "" || n > maxCover || hasControl(c.Cover)) {
		fail(fmt.Sprintf("must be 1 to %d characters on one line, such as \"Notices\"", maxCover), "cover")
	}
	if meta.IsDefined("languages") && len(c.Languages) == 0 {
		fail(`names no language: write at least the line's own, such as ["en"]`, "languages")
	}
	for _, name := range []string{"languages", "countries", "untried_flows"} {
		list := map[string][]string{"languages": c.Languages, "countries": c.Countries, "untried_flows": c.UntriedFlows}[name]
		for i, s := range list {
			if slices.Contains(list[:i], s) {
				fail(fmt.Sprintf("names %q twice: take one away", s), name)
			}
		}
	}
	for _, cc := range c.Countries {
		if !directory.ValidCountry(cc) {
			fail(fmt.Sprintf("%q is no country: write two capital letters such as \"GB\"", cc), "countries")
		}
	}
	if c.State != "memory" && !strings.ContainsAny(c.State, "/.") {
		fail(fmt.Sprintf(`is %q: write "memory", or the path of a folder such as "/var/lib/quietline/state"`, c.State), "state")
	}
	for name, value := range map[string]string{"runtime_dir": c.RuntimeDir, "line_dir": c.LineDir} {
		if value == "" {
			fail("is empty: write the path of a folder, or leave the key out", name)
		}
	}
	if c.Unchecked != string(directory.ShowUnchecked) && c.Unchecked != string(directory.HideUnchecked) {
		fail(fmt.Sprintf(`is %q: write "show" or "hide"`, c.Unchecked), "unchecked")
	}
	if c.RevealAddress != "never" && c.RevealAddress != "two_leads" {
		fail(fmt.Sprintf(`is %q: write "never" or "two_leads"`, c.RevealAddress), "reveal_address")
	}
	if b := c.ComplaintBody; b != "" && (strings.TrimSpace(b) != b || len(b) > maxBody || hasControl(b)) {
		fail(fmt.Sprintf("must be 1 to %d bytes of plain text without line breaks, or be left out", maxBody), "complaint_body")
	}
	out = append(out, c.Duties.faults(c.Languages, missing)...)
	if c.MaxNewChats < 1 || c.MaxNewChats > 10_000 {
		fail(fmt.Sprintf("is %d: write a number from 1 to 10000", c.MaxNewChats), "max_new_chats")
	}
	for i, s := range c.Shifts {
		if err := s.Validate(); err != nil {
			fail(fmt.Sprintf("the %s [[shift]]: %v", ordinal(i+1), err), "shift")
		} else if len(s.Langs) == 0 {
			fail(fmt.Sprintf("the %s [[shift]] has no langs: people are told in which languages somebody will be there (S4)", ordinal(i+1)), "shift")
		}
	}
	for i, closed := range c.Closed {
		if err := closed.Validate(); err != nil {
			fail(fmt.Sprintf("the %s [[closed]]: %v", ordinal(i+1), err), "closed")
		}
	}
	out = append(out, c.partnerFaults()...)
	out = append(out, c.Telegram.faults(c)...)
	out = append(out, c.Twilio.faults(c)...)
	out = append(out, c.OnCall.faults(c)...)
	slices.SortStableFunc(out, func(a, b fault) int { return strings.Compare(a.key.String(), b.key.String()) })
	return out
}

// words are the statement in each of the languages offered, the first of which it is written in.
func (d duties) words(languages []string) map[string]string {
	out := maps.Clone(d.Translated)
	if out == nil {
		out = map[string]string{}
	}
	if len(languages) > 0 {
		out[languages[0]] = d.Statement
	}
	return out
}

func (d duties) faults(languages []string, missing map[string]bool) []fault {
	if missing["duties"] {
		return nil
	}
	var out []fault
	fail := func(key, mend string) {
		if !missing["duties."+key] {
			out = append(out, fault{toml.Key{"duties", key}, mend})
		}
	}
	bad := func(s string) bool {
		s = strings.TrimSpace(s)
		return s == "" || len(s) > maxStatement || hasControl(s)
	}
	plain := fmt.Sprintf("must be 1 to %d bytes of plain text without line breaks", maxStatement)
	if bad(d.Statement) {
		fail("statement", plain)
	}
	if len(languages) > 0 {
		var unread []string
		for _, l := range languages[1:] {
			if bad(d.Translated[l]) {
				unread = append(unread, fmt.Sprintf("%s = %q", l, "…"))
			}
		}
		if len(unread) > 0 {
			fail("translated", "says the statement in too few of your languages: add "+strings.Join(unread, ", ")+"; each "+plain)
		}
	}
	if strings.TrimSpace(d.Name) == "" {
		fail("name", "must say who answers for the statement")
	}
	if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
		fail("date", fmt.Sprintf(`is %q: write the day on which the statement was signed, such as "2026-01-31"`, d.Date))
	}
	return out
}

// badURL says what is wrong with an address, or nothing.
func (c *config) badURL(s string, pathToo bool) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return fmt.Sprintf("%q is no address: write https://HOST", s)
	}
	if !pathToo && (u.Path != "" || u.RawQuery != "") {
		return fmt.Sprintf("%q has a path: write only https://HOST", s)
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && (c.Insecure || loopback(u.Hostname())):
	case u.Scheme == "http":
		return fmt.Sprintf("%q is plain http, which anybody on the way can read: write https, or, only to try things, add the key insecure = true", s)
	default:
		return fmt.Sprintf("%q must start with https://", s)
	}
	return ""
}

// badListen says what is wrong with a host:port, or nothing.
func (c *config) badListen(s string) string {
	host, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		return fmt.Sprintf("%q is no host:port: write such as 127.0.0.1:8080", s)
	}
	if !c.Insecure && !loopback(host) {
		return fmt.Sprintf("%q listens with plain http to more than this machine: write 127.0.0.1:%s and put an https proxy before it, or, only to try things, add the key insecure = true", s, port)
	}
	return ""
}

// loopback says whether a host is this machine and no other.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// durable says whether the conversations' keys outlive the machine: longer keep times may be offered.
func (c *config) durable() bool { return c.State != "memory" }

// stateDir is where the conversations lie.
func (c *config) stateDir() string {
	if c.State == "memory" {
		return c.path(c.RuntimeDir)
	}
	return c.path(c.State)
}

// path reads a path of the file: a relative one starts at the file's folder.
func (c *config) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(c.dir, p)
}

// contentDir is the operator's content folder, or "".
func (c *config) contentDir() string {
	if c.ContentDir == "" {
		return ""
	}
	return c.path(c.ContentDir)
}

// readFile reads a file of at most limit bytes.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a folder, not a file")}
	}
	if info.Size() > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("is larger than %d bytes", limit)}
	}
	return os.ReadFile(name)
}

// hasControl says whether s holds a control character or one that turns the direction of text.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	})
}

func ordinal(n int) string {
	switch {
	case n == 1:
		return "first"
	case n == 2:
		return "second"
	case n == 3:
		return "third"
	}
	return fmt.Sprintf("%dth", n)
}
