// Package line keeps what outlives conversations and is about no person: staff, desk sessions, the rota, placements
// and their codes, the audit and frozen weekly counts.
package line

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"quietline/store"
)

var errAPI = errors.New("line: being written")

type Options struct {
	Now      func() time.Time // nil: time.Now
	Rand     io.Reader        // nil: crypto/rand
	Shifts   []Shift
	AlwaysOn bool   // `try`: the rota is always open
	Issuer   string // what an authenticator app shows beside the name; empty: "Desk"
	Log      *slog.Logger
}

// A Line is safe for many goroutines.
type Line struct{}

// Open reads all there is and follows it until Close. It does not close st.
func Open(ctx context.Context, st store.Store, o Options) (*Line, error) { return nil, errAPI }
func (l *Line) Close() error                                             { return errAPI }

// SetShifts puts a new rota in force at once; on a bad shift nothing changes.
func (l *Line) SetShifts(s []Shift) error { return errAPI }

// A Shift is one [[shift]] of quietline.toml.
type Shift struct {
	Days  []string `toml:"days"`  // mon … sun: the day it starts
	From  string   `toml:"from"`  // "18:00"
	To    string   `toml:"to"`    // "02:00": at or before From is the next day; "24:00" is midnight
	Zone  string   `toml:"zone"`  // IANA
	Langs []string `toml:"langs"` // BCP 47; empty: those of whoever is on duty
}

func (s Shift) Validate() error { return errAPI }

// Duty is what may be told to a person now.
type Duty struct {
	OnDuty        bool      // somebody who writes the language asked for is on duty (S4)
	Anyone        bool      // somebody is on duty, in whatever language
	Languages     []string  // of those on duty, sorted
	Next          time.Time // when the next shift for that language starts; zero: not known
	NextLanguages []string  // of that shift; empty: not known
	ShiftEnd      time.Time // end of the present or else the next shift, at most now+96h; with no rota now+96h (S10)
}

// Duty: lang "" asks for anyone.
func (l *Line) Duty(now time.Time, lang string) Duty { return Duty{} }

type Placement struct {
	Code    Code
	Country string
	Kind    string // a–z and hyphens: poster, card, sticker
	Made    time.Time
	Revoked bool
}

func (l *Line) AddPlacement(ctx context.Context, country, kind string) (Placement, error) {
	return Placement{}, errAPI
}
func (l *Line) Placements() []Placement                  { return nil }
func (l *Line) Placement(c Code) (Placement, bool)       { return Placement{}, false }
func (l *Line) Revoke(ctx context.Context, c Code) error { return errAPI }

// Opens: on a nil *Line every Code with a right check character opens its country.
func (l *Line) Opens(c Code) (country string, ok bool) { return "", false }

type Role string

const (
	Adviser  Role = "adviser"
	Lead     Role = "lead"
	Outreach Role = "outreach"
	Operator Role = "operator"
)

type Staff struct {
	ID, Name     string // ID: 8 random Crockford characters
	Role         Role
	Languages    []string // BCP 47
	ChildTrained bool
	Disabled     bool
	Enrolled     bool // has confirmed an enrolment (or came by a one-time link only: false)
}

// Errors for sign-in and staff; ask with errors.Is.
var (
	ErrSignIn    = errors.New("name, password or code is wrong") // never says which
	ErrToken     = errors.New("this link has been used or has expired")
	ErrPassword  = errors.New("a password needs at least 12 characters")
	ErrNameTaken = errors.New("the name is taken")
	ErrNoSession = errors.New("not signed in")
	ErrUnknown   = errors.New("there is no such thing")
)

// A Wait is the error of SignIn while a name must wait after wrong tries: "try again in n s".
type Wait struct{ For time.Duration }

func (w Wait) Error() string { return "" }

// SessionToken is the cookie's value. Its LogValue hides it.
type SessionToken string

type Enrolment struct {
	URI      string   // otpauth://…, for a QR code
	Secret   string   // base32, to type
	Recovery []string // ten codes, each used once in place of the six digits
}

// Invite adds a staff member (or invites anew one who never enrolled or is disabled) and returns the token for the enrolment link, good for 7 days.
func (l *Line) Invite(ctx context.Context, name string, role Role, langs []string) (id, token string, err error) {
	return "", "", errAPI
}

// Invited names whom an enrolment token is for, so that the page can greet them.
func (l *Line) Invited(token string) (Staff, bool) { return Staff{}, false }
func (l *Line) Enrol(ctx context.Context, token, password string) (Enrolment, error) {
	return Enrolment{}, errAPI
}
func (l *Line) Confirm(ctx context.Context, token, code string) (SessionToken, error) {
	return "", errAPI
}

// SignIn: code is six digits or a recovery code. Errors: ErrSignIn, Wait.
func (l *Line) SignIn(ctx context.Context, name, password, code string) (SessionToken, Staff, error) {
	return "", Staff{}, errAPI
}
func (l *Line) OneTimeLink(ctx context.Context, staffID string) (token string, err error) {
	return "", errAPI
}
func (l *Line) Redeem(ctx context.Context, token string) (SessionToken, error) { return "", errAPI }
func (l *Line) Session(t SessionToken) (Staff, bool)                           { return Staff{}, false }
func (l *Line) SignOut(ctx context.Context, t SessionToken) error              { return errAPI }

// StaffByID, StaffByName, AllStaff read; ChangeStaff lets f set Role, Languages, ChildTrained, Disabled. Disabling ends all sessions at once.
func (l *Line) StaffByID(id string) (Staff, bool)                                { return Staff{}, false }
func (l *Line) StaffByName(name string) (Staff, bool)                            { return Staff{}, false }
func (l *Line) AllStaff() []Staff                                                { return nil }
func (l *Line) ChangeStaff(ctx context.Context, id string, f func(*Staff)) error { return errAPI }

// Beat: the desk was heard from (call it on every request and on every SSE tick, at least every 20 s). False: no session.
func (l *Line) Beat(t SessionToken) bool { return false }

// GoOnDuty and GoOffDuty: a new session is off duty. Only adviser and lead can be on duty.
func (l *Line) GoOnDuty(ctx context.Context, t SessionToken) error  { return errAPI }
func (l *Line) GoOffDuty(ctx context.Context, t SessionToken) error { return errAPI }

// DutyOf says for the desk whether the session's switch is on, and whether the rota is open for this adviser now.
func (l *Line) DutyOf(t SessionToken) (on, inRota bool) { return false, false }

// An Entry of the audit: who did what to which handle. Content-free.
type Entry struct {
	N      uint64    // set by Audit
	At     time.Time // set by Audit
	Actor  string    // staff id, "" for the line itself
	Act    Act
	Handle string // of a conversation, a code, or a staff id; may be empty
	Note   Note   // a closed code; may be empty
}

type Act string
type Note string

// Acts.
const (
	ActSignIn, ActSignOut          Act = "sign-in", "sign-out"
	ActInvite, ActEnrol, ActChange Act = "invite", "enrol", "change-staff" // written by line itself, with Actor ""
	ActPlace, ActRevoke            Act = "place", "revoke"
	ActClaim, ActRelease, ActClose Act = "claim", "release", "close"
	ActAssign                      Act = "assign"
	ActErase, ActEraseAll          Act = "erase", "erase-all"
	ActOnDuty, ActOffDuty          Act = "on-duty", "off-duty"
	ActReveal                      Act = "reveal-address"
	ActShare                       Act = "share"
)

func (l *Line) Audit(ctx context.Context, e Entry) error { return errAPI }

// AuditLog reads and proves the whole chain, oldest first.
func (l *Line) AuditLog(ctx context.Context) ([]Entry, error) { return nil, errAPI }

// What is counted, by week and country.
const (
	CountPage    = "page"    // a public page was opened
	CountChat    = "chat"    // a conversation began
	CountSitting = "sitting" // a sitting was opened
	CountUrgent  = "urgent"  // an emergency card was asked for
	CountQueued  = "queued"  // somebody began to wait for an adviser
	CountNobody  = "nobody"  // … while nobody was on duty
	CountClaimed = "claimed"
	CountClosed  = "closed"
	CountLeft    = "left"
	CountErased  = "erased"
)

// Count adds one to this week's cell. what is one of the constants, country two letters or empty.
func (l *Line) Count(ctx context.Context, what, country string) error { return errAPI }

// A WeekCount is one cell of a week that is over; never below 5.
type WeekCount struct {
	Week    string // 2026-W14
	What    string
	Country string
	N       int
}

func (l *Line) Counts() []WeekCount { return nil }

// Stored returns one of each struct that line seals, for `quietline datamap` and TestS10: every field has cbor and keep tags.
func Stored() []any { return nil }
