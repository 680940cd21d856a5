// Package directory holds the checked help information by country: services, rights, emergency numbers, opening hours.
//
// It reads the project's own CSV files (directory/data, embedded) and, over them, an operator's directory.csv and
// directory-review.toml. Nothing here is prose for a person: names and numbers are data with a source and a date, and
// everything said about them is a catalogue message that somebody else renders.
package directory

import (
	"slices"
	"time"
)

// Needs are what a person may pick: the seven MSCOS core outcomes, then the three asked for first.
var Needs = []string{"housing", "safety", "support", "care", "purpose", "medical", "education", "legal", "papers", "basics"}

// Confidence says how well sourced a row is. It never means that anybody called the number.
type Confidence string

// The three grades of directory/data/README.md. A low row is never shown to a person.
const (
	High   Confidence = "high"   // an official page, or two sources that agree
	Medium Confidence = "medium" // one reputable source
	Low    Confidence = "low"    // old, unofficial or in conflict: kept for staff
)

// Tri is yes, no or unknown. Unknown is not no.
type Tri string

// The three answers.
const (
	Yes     Tri = "yes"
	No      Tri = "no"
	Unknown Tri = "unknown"
)

// A Source says where a fact was read and when. ReadOn is "found on", never "checked on".
type Source struct {
	URLs   []string // at least one, http or https
	Title  string   // empty for emergency numbers
	ReadOn time.Time
}

// A Check says that the operator tried a number: by whom (a pseudonym or a role) and on which day (midnight UTC).
type Check struct {
	By string
	On time.Time
}

// Who answers a service's telephone: one code of a closed list, rendered by the catalogue message "who.<code>".
type Who string

// The closed list of who answers.
const (
	WhoPolice        Who = "police"
	WhoImmigration   Who = "immigration"
	WhoGovernment    Who = "government"
	WhoCharity       Who = "charity"
	WhoUnion         Who = "union"
	WhoInternational Who = "international" // a UN or intergovernmental body
	WhoUnknown       Who = "unknown"       // nobody could tell from the source
)

// Whos is every code of Who, in the order used for help texts.
var Whos = []Who{WhoPolice, WhoImmigration, WhoGovernment, WhoCharity, WhoUnion, WhoInternational, WhoUnknown}

// Authority says whether the police or an immigration office answers, which can put a person without papers at risk.
func (w Who) Authority() bool { return w == WhoPolice || w == WhoImmigration }

// Audiences is the closed list of whom a service is for, each rendered by the catalogue message "audience.<code>".
// A service for professionals alone is never shown to a person.
// Several codes mean "any of these".
var Audiences = []string{"all", "adults", "women", "men", "children", "migrants", "migrant_women", "migrant_workers", "domestic_workers", "workers", "nationals_abroad", "professionals"}

// A Service is one help line or office. Note, LanguageText and Hours.Text are for staff alone: some notes hold dead
// numbers.
type Service struct {
	ID, Country, Kind string
	Name, NameLocal   string
	Phone             string // as published, for print and screen
	Dial              string // E.164 or a short code, for tel:
	SMS, WhatsApp     string // E.164 or short code; empty: none known
	URL               string
	Hours             Hours
	Languages         []string // language codes; empty: not known
	LanguageText      string   // the source's own words
	Interpreters      bool     // further languages are said to be had through an interpreter
	Free, Anonymous   Tri
	Audience          []string // codes of Audiences, at least one
	Needs             []string // codes of Needs, from Kind by one table
	Who               Who
	Note              string
	Source            Source
	SourceSays        string // at most 25 words of the source, holding the number's last digits
	Confidence        Confidence
	Checked           *Check // nil: the operator has not tried this number
}

// Police says that the police or an immigration office answers, or that the row is a police line of which nobody could
// tell who answers: what a person without papers must know before dialling.
func (s Service) Police() bool { return s.Who.Authority() || s.Kind == "police" }

// shown says whether a person may ever see the service.
func (s Service) shown() bool {
	return s.Confidence != Low && !(len(s.Audience) == 1 && s.Audience[0] == "professionals")
}

// A NumberKind is which service an emergency number reaches, rendered by the catalogue message "emergency.<kind>".
type NumberKind string

// The kinds of emergency number. General reaches more than one service.
const (
	General   NumberKind = "general"
	Police    NumberKind = "police"
	Ambulance NumberKind = "ambulance"
	Fire      NumberKind = "fire"
)

// A Number is one public emergency number, 2 to 6 digits, with every service the sources say it reaches.
type Number struct {
	Digits string
	Kinds  []NumberKind // General, Police, Ambulance, Fire, in this order; at least one
}

// Is says whether the number reaches kind.
func (n Number) Is(kind NumberKind) bool { return slices.Contains(n.Kinds, kind) }

// Emergency is one country's public emergency numbers, as any notice prints them. Without Numbers we have no
// confirmed emergency number for the country, and whoever shows it must say so.
type Emergency struct {
	ID         string
	Numbers    []Number // distinct; general numbers first, then police, ambulance, fire
	Source     Source
	Confidence Confidence // High or Medium when there are numbers
	Checked    *Check     // nil: the operator has not tried them
}

// A Right is one statement about a country, worded by the catalogue message MessageID.
type Right struct {
	ID, Country, Topic string
	Statement          string // the English of the source row, for staff and translators
	Source             Source
	Confidence         Confidence // High or Medium
	Card               bool       // it says what the police or an office do about papers or forced crimes: shown on the emergency card too
}

// MessageID is the catalogue message that words the right for a person.
func (r Right) MessageID() string { return "right." + r.ID }

// A Country is what the directory holds of one country for a person to see. The zero value of everything but Code is
// a country of which nothing is known, and can be rendered.
type Country struct {
	Code      string // ISO 3166-1 alpha-2, upper case, or XK
	Zone      string // IANA time zone when the country has one official time; empty otherwise
	Emergency Emergency
	Silent    []Right // how to call an emergency number without speaking, topic silent_call; never low. The shipped files have none
	Rights    []Right // never low; what needs no statute first
}

// HasEmergency says whether any confirmed emergency number is known.
func (c Country) HasEmergency() bool { return len(c.Emergency.Numbers) > 0 }

// Unchecked is the operator's policy for rows that they have not tried.
type Unchecked string

// The two policies of the configuration key "unchecked".
const (
	ShowUnchecked Unchecked = "show" // high and medium rows, after the checked ones, marked as not tried
	HideUnchecked Unchecked = "hide" // checked rows only
)
