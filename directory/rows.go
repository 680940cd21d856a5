package directory

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// The columns of the files, as directory/data/README.md describes them.
var (
	serviceColumns   = []string{"id", "country", "kind", "name", "name_local", "phone", "phone_e164_or_short", "sms", "whatsapp", "url", "hours", "languages", "free_of_charge", "anonymous", "audience", "note", "source_url", "source_title", "source_says", "confidence", "read_on"}
	emergencyColumns = []string{"id", "country", "police", "ambulance", "fire", "general", "source_url", "confidence", "read_on"}
	rightColumns     = []string{"id", "country", "topic", "statement", "source_url", "source_title", "confidence", "read_on"}
	whoColumns       = []string{"id", "who", "audience", "interpreters"}
	hoursColumns     = []string{"text", "reads_as"}
	zoneColumns      = []string{"country", "zone"}
	cardColumns      = []string{"right"}
)

var (
	dialable      = regexp.MustCompile(`^(\+[0-9]{7,15}|[0-9]{2,12})$`)
	emergencyForm = regexp.MustCompile(`^[0-9]{2,6}$`)
	idForm        = regexp.MustCompile(`^[a-z]{2}(-[a-z0-9]+)+$`)
	lettersForm   = regexp.MustCompile(`[A-Z]{3,}`) // a number published as letters, such as 800SAVE
	languageForm  = regexp.MustCompile(`^[a-z]{2,3}$`)
)

var (
	tris        = []string{string(Yes), string(No), string(Unknown)}
	confidences = []string{string(High), string(Medium), string(Low)}
)

// identity reads the columns that every file of rows has and faults an id used before in the same file.
func (w row) identity(seen map[string]bool) (id, country string) {
	id, country = w.get("id"), w.get("country")
	if !idForm.MatchString(id) {
		w.bad("id", "%q is not an id like gb-trafficking-hotline: a country, then small letters, digits and hyphens", id)
	} else if seen[id] {
		w.bad("id", "%q stands twice in this file", id)
	}
	seen[id] = true
	if !ValidCountry(country) {
		w.bad("country", "%q is not an ISO 3166-1 code of two capital letters, or XK", country)
	} else if idForm.MatchString(id) && id[:2] != strings.ToLower(country) {
		w.bad("id", "%q does not begin with its country, %s", id, strings.ToLower(country))
	}
	return id, country
}

func (w row) source(title string) Source {
	s := Source{Title: title, ReadOn: w.day("read_on")}
	for _, u := range strings.Split(w.get("source_url"), "; ") {
		if !webAddress(u) {
			w.bad("source_url", "%q is not a web address that begins with https:// or http://", u)
		}
		s.URLs = append(s.URLs, u)
	}
	return s
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.Contains(u.Host, ".") && !strings.Contains(s, " ")
}

// service reads one line of helplines.csv or directory.csv. Hours stay text; who and interpreters come from elsewhere.
func (w row) service(seen map[string]bool) *Service {
	id, country := w.identity(seen)
	s := &Service{
		ID: id, Country: country, Kind: w.among("kind", kindOrder),
		Name: w.filled("name"), NameLocal: w.get("name_local"),
		Phone: w.filled("phone"), Dial: w.get("phone_e164_or_short"), SMS: w.get("sms"), WhatsApp: w.get("whatsapp"),
		URL: w.get("url"), Hours: Hours{Text: w.get("hours")}, LanguageText: w.get("languages"),
		Free: Tri(w.among("free_of_charge", tris)), Anonymous: Tri(w.among("anonymous", tris)),
		Audience: w.list("audience", Audiences), Who: WhoUnknown, Note: w.get("note"),
		Source: w.source(w.filled("source_title")), SourceSays: w.filled("source_says"),
		Confidence: Confidence(w.among("confidence", confidences)),
	}
	s.Needs = needsOf[s.Kind]
	if len(s.Audience) == 0 {
		w.bad("audience", "is empty; write all, or some of %s", strings.Join(Audiences[1:], ", "))
	}
	if s.Kind == "police" {
		s.Who = WhoPolice
	}
	if v := w.get("who"); v != "" {
		s.Who = Who(w.among("who", whoCodes()))
	}
	if s.URL != "" && !webAddress(s.URL) {
		w.bad("url", "%q is not a web address that begins with https:// or http://", s.URL)
	}
	for _, p := range strings.Split(s.LanguageText, "; ") {
		if _, err := language.ParseBase(p); languageForm.MatchString(p) && err == nil {
			s.Languages = append(s.Languages, p)
		}
	}
	w.numbers(s)
	return s
}

func whoCodes() []string {
	codes := make([]string, len(Whos))
	for i, c := range Whos {
		codes[i] = string(c)
	}
	return codes
}

// numbers holds a row's numbers to their form, and the dialled one to what is printed and to the source's quote.
func (w row) numbers(s *Service) {
	for field, v := range map[string]string{"sms": s.SMS, "whatsapp": s.WhatsApp} {
		if v != "" && !dialable.MatchString(v) {
			w.bad(field, "%q is neither + and 7 to 15 digits nor a short number of 2 to 12 digits", v)
		}
	}
	if !dialable.MatchString(s.Dial) {
		w.bad("phone_e164_or_short", "%q is neither + and 7 to 15 digits nor a short number of 2 to 12 digits; a spreadsheet may have dropped a zero or the +", s.Dial)
		return
	}
	if n := len(strings.Fields(s.SourceSays)); n > 25 {
		w.bad("source_says", "has %d words; quote at most 25", n)
	}
	if lettersForm.MatchString(s.Phone) {
		return
	}
	tail := asciiDigits(s.Dial)
	tail = tail[max(0, len(tail)-4):]
	if !strings.Contains(asciiDigits(s.Phone), tail) {
		w.bad("phone", "%q and %q differ: the last digits must agree", s.Phone, s.Dial)
	}
	if !strings.Contains(asciiDigits(s.SourceSays), tail) {
		w.bad("source_says", "does not hold the number's last digits, %s", tail)
	}
}

// asciiDigits keeps the decimal digits of any script, as ASCII.
func asciiDigits(s string) string {
	var b strings.Builder
	for _, c := range s {
		if unicode.Is(unicode.Nd, c) {
			b.WriteByte('0' + byte(digitValue(c)))
		}
	}
	return b.String()
}

// digitValue relies on Unicode's promise that decimal digits stand in runs of ten from zero.
func digitValue(c rune) rune {
	for _, r := range unicode.Nd.R16 {
		if rune(r.Lo) <= c && c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if rune(r.Lo) <= c && c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	return 0
}

// emergency reads one line of emergency_numbers.csv.
func (w row) emergency(seen map[string]bool) (string, Emergency) {
	id, country := w.identity(seen)
	e := Emergency{ID: id, Source: w.source(""), Confidence: Confidence(w.among("confidence", confidences))}
	for _, k := range []NumberKind{General, Police, Ambulance, Fire} {
		if w.get(string(k)) == "" {
			continue
		}
		for _, n := range strings.Split(w.get(string(k)), "; ") {
			if !emergencyForm.MatchString(n) {
				w.bad(string(k), "%q is not a number of 2 to 6 digits", n)
			}
			e.add(n, k)
		}
	}
	if w.get("police") == "" && w.get("general") == "" {
		w.bad("police", "and general are both empty; leave the line out when no number is known")
	}
	return country, e
}

// add puts a number in its place, once.
func (e *Emergency) add(digits string, kind NumberKind) {
	for i := range e.Numbers {
		if n := &e.Numbers[i]; n.Digits == digits {
			if !n.Is(kind) {
				n.Kinds = append(slices.Clip(n.Kinds), kind)
			}
			return
		}
	}
	e.Numbers = append(e.Numbers, Number{digits, []NumberKind{kind}})
}

// right reads one line of rights.csv.
func (w row) right(seen map[string]bool) Right {
	id, country := w.identity(seen)
	r := Right{ID: id, Country: country, Topic: w.among("topic", topicOrder), Statement: w.get("statement"), Source: w.source(w.filled("source_title")), Confidence: Confidence(w.among("confidence", confidences))}
	if !strings.HasSuffix(r.Statement, ".") {
		w.bad("statement", "does not end with a full stop")
	}
	return r
}
