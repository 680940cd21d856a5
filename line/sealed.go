package line

import (
	"errors"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// How long things are kept. These are ceilings, in code on purpose (S10).
const (
	inviteFor  = 24 * time.Hour
	linkFor    = 12 * time.Hour
	sessionFor = 12 * time.Hour
	idleFor    = 30 * time.Minute
	staffFor   = 400 * 24 * time.Hour // after they were disabled: as long as the audit names them
	auditFor   = 400 * 24 * time.Hour
	countsFor  = 3 * 366 * 24 * time.Hour
	dayFor     = 7 // days after it: a shift that it closed can no longer be running
)

// The kinds of record. A number is never used again.
const (
	kindStaff     = 1
	kindSession   = 2
	kindPlacement = 3
	kindEntry     = 4
	kindFloor     = 5
	kindWeek      = 6
	kindDays      = 7
)

// The sealed forms. Field numbers are never reused; every field says why it is kept and for how long.
type (
	staffRecord struct {
		ID         string    `cbor:"1,keyasint" keep:"names the staff member in audit and sessions; until 400 days after they were disabled"`
		Name       string    `cbor:"2,keyasint" keep:"what they sign in with, a pseudonym will do; until 400 days after they were disabled"`
		Role       Role      `cbor:"3,keyasint" keep:"what they may do; until 400 days after they were disabled"`
		Langs      []string  `cbor:"4,keyasint,omitempty" keep:"which languages they can answer in; until 400 days after they were disabled"`
		Child      bool      `cbor:"5,keyasint,omitempty" keep:"whether they are trained for children; until 400 days after they were disabled"`
		Disabled   time.Time `cbor:"6,keyasint,omitzero" keep:"since when they are out; until 400 days after they were disabled"`
		Enrolled   bool      `cbor:"7,keyasint,omitempty" keep:"whether they can sign in; until 400 days after they were disabled"`
		Salt       []byte    `cbor:"8,keyasint,omitempty" keep:"salt of the password's hash; until they are disabled"`
		Hash       []byte    `cbor:"9,keyasint,omitempty" keep:"argon2id of the password, to sign in; until they are disabled"`
		TOTP       string    `cbor:"10,keyasint,omitempty" keep:"secret shared with their authenticator app, to sign in; until they are disabled"`
		Step       int64     `cbor:"11,keyasint,omitempty" keep:"last time step used, so that a code works once; until they are disabled"`
		Recovery   [][]byte  `cbor:"12,keyasint,omitempty" keep:"hashes of the unused recovery codes; each until it is used, all until they are disabled"`
		Invite     []byte    `cbor:"13,keyasint,omitempty" keep:"hash of the open enrolment link; until it is used, at most 24 hours"`
		InviteEnds time.Time `cbor:"14,keyasint,omitzero" keep:"when the enrolment link ends; until it is used, at most 24 hours"`
		Link       []byte    `cbor:"15,keyasint,omitempty" keep:"hash of the open one-time link; until it is used, at most 12 hours"`
		LinkEnds   time.Time `cbor:"16,keyasint,omitzero" keep:"when the one-time link ends; until it is used, at most 12 hours"`
		Wrong      int       `cbor:"17,keyasint,omitempty" keep:"wrong tries since the last right one, to slow guessing; until they sign in or are disabled"`
		WaitEnds   time.Time `cbor:"18,keyasint,omitzero" keep:"until when a try is refused, to slow guessing; until they sign in or are disabled"`
		Epoch      int       `cbor:"19,keyasint,omitempty" keep:"sessions of an earlier epoch are over; until 400 days after they were disabled"`
		Desk       string    `cbor:"20,keyasint,omitempty" keep:"the language they read the desk in; until they are disabled"`
		Asked      int64     `cbor:"21,keyasint,omitempty" keep:"when the last passkey's answer was asked for, so that an answer works once; until they are disabled"`

		Passkeys []passkeyRecord `cbor:"22,keyasint,omitempty" keep:"the passkeys they sign in with; each until it is removed, all until they are disabled"`

		Limit int `cbor:"40,keyasint,omitempty" keep:"how many people they talk with at once; until they are disabled"`
	}

	passkeyRecord struct {
		ID     []byte    `cbor:"1,keyasint" keep:"names the passkey; until it is removed or they are disabled"`
		Key    []byte    `cbor:"2,keyasint" keep:"its public key, to sign in; until it is removed or they are disabled"`
		Count  uint32    `cbor:"3,keyasint,omitempty" keep:"how often it says it signed, so that a copy shows; until it is removed or they are disabled"`
		Synced bool      `cbor:"4,keyasint,omitempty" keep:"whether it may be on several devices, which never changes; until it is removed or they are disabled"`
		Name   string    `cbor:"5,keyasint" keep:"what they call it; until it is removed or they are disabled"`
		Added  time.Time `cbor:"6,keyasint" keep:"the day it was added, for them to know it; until it is removed or they are disabled"`
	}

	sessionRecord struct {
		Token []byte    `cbor:"1,keyasint" keep:"hash of the cookie, to know it again; 12 hours, 30 minutes unheard, or until signed out"`
		Staff string    `cbor:"2,keyasint" keep:"whose session it is; as long as the session"`
		Epoch int       `cbor:"3,keyasint,omitempty" keep:"the staff member's epoch when it began; as long as the session"`
		Ends  time.Time `cbor:"4,keyasint" keep:"12 hours after it began; as long as the session"`
		Heard time.Time `cbor:"5,keyasint" keep:"last heard from, every few minutes, so that the 30 minutes go on across a restart; as long as the session"`
		Duty  bool      `cbor:"6,keyasint,omitempty" keep:"whether the adviser is on duty; as long as the session"`
	}

	placementRecord struct {
		Code    Code      `cbor:"1,keyasint" keep:"the printed code, which opens its country; as long as print may hang somewhere"`
		Kind    string    `cbor:"2,keyasint,omitempty" keep:"poster, card or sticker, for the outreach worker; as long as the code"`
		Made    time.Time `cbor:"3,keyasint" keep:"the day it was made, for the outreach worker; as long as the code"`
		Revoked time.Time `cbor:"4,keyasint,omitzero" keep:"the day it was taken back: it then opens the country choice; as long as the code"`
	}

	entryRecord struct {
		N      uint64    `cbor:"1,keyasint" keep:"place in the chain; 400 days"`
		Before []byte    `cbor:"2,keyasint" keep:"hash of the entry before, so that a change shows; 400 days"`
		At     time.Time `cbor:"3,keyasint" keep:"when it was done; 400 days"`
		Actor  string    `cbor:"4,keyasint,omitempty" keep:"id of the staff member who did it; 400 days"`
		Act    Act       `cbor:"5,keyasint" keep:"what was done, from a closed list; 400 days"`
		Handle string    `cbor:"6,keyasint,omitempty" keep:"random handle, code or staff id it was done to; 400 days"`
		Note   Note      `cbor:"7,keyasint,omitempty" keep:"how or why, one code; 400 days"`
	}

	floorRecord struct {
		N      uint64 `cbor:"1,keyasint" keep:"number of the oldest audit entry still kept; as long as the audit"`
		Before []byte `cbor:"2,keyasint,omitempty" keep:"hash of the entry before it, so that the chain can be proved; as long as the audit"`
	}

	weekRecord struct {
		Week   string `cbor:"1,keyasint" keep:"which week was counted; 3 years"`
		Frozen bool   `cbor:"2,keyasint,omitempty" keep:"whether the week is over; 3 years"`
		Cells  []cell `cbor:"3,keyasint,omitempty" keep:"the week's counts, those below 5 only until it is over; 3 years"`
	}

	daysRecord struct {
		Days []dayMark `cbor:"1,keyasint" keep:"the days of which somebody at the desk said that the line is closed or open; each until a week after it"`
		Full time.Time `cbor:"2,keyasint,omitzero" keep:"until when new people are told that the line is full; until then, at most 12 hours"`
	}

	dayMark struct {
		Day  int  `cbor:"1,keyasint" keep:"which day, counted from 1970; until a week after it"`
		Open bool `cbor:"2,keyasint,omitempty" keep:"whether the shifts are held that day; until a week after it"`
	}

	cell struct {
		What    string `cbor:"1,keyasint" keep:"what was counted, from a closed list; 3 years"`
		Country string `cbor:"2,keyasint,omitempty" keep:"in which country; 3 years"`
		N       int    `cbor:"3,keyasint" keep:"how often in that week; 3 years, below 5 only until the week is over"`
	}
)

// Stored returns one of each struct that line seals. Each field carries the tag keep:"why; how long", from which
// `quietline datamap` prints.
func Stored() []any {
	return []any{staffRecord{}, passkeyRecord{}, sessionRecord{}, placementRecord{}, entryRecord{}, floorRecord{}, weekRecord{}, cell{}, daysRecord{}, dayMark{}}
}

// format is the first byte of a sealed record. This format and, once there is another, the one before it open.
const format = 1

var (
	encMode = must(cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeUnix}.EncMode())
	decMode = must(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxArrayElements:  4096,
		MaxMapPairs:       64,
		MaxNestedLevels:   4,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options above are constants: a test would not start
	}
	return v
}

var errRecord = errors.New("a record of the line cannot be read")

// encode returns the plaintext of one of the sealed structs, given as a pointer: its kind, then CBOR.
func encode(v any) ([]byte, error) {
	kind := kindOf(v)
	b, err := encMode.Marshal(v)
	if err != nil || kind == 0 {
		return nil, fmt.Errorf("encoding a record of the line: %w", errors.Join(err, errRecord))
	}
	return append([]byte{kind}, b...), nil
}

// decode returns a pointer to the sealed struct that a plaintext of that format holds.
func decode(f byte, body []byte) (any, error) {
	if f != format {
		return nil, fmt.Errorf("%w: it has format %d and this version reads %d; run the version that wrote it", errRecord, f, format)
	}
	if len(body) < 2 {
		return nil, errRecord
	}
	var v any
	switch body[0] {
	case kindStaff:
		v = new(staffRecord)
	case kindSession:
		v = new(sessionRecord)
	case kindPlacement:
		v = new(placementRecord)
	case kindEntry:
		v = new(entryRecord)
	case kindFloor:
		v = new(floorRecord)
	case kindWeek:
		v = new(weekRecord)
	case kindDays:
		v = new(daysRecord)
	default:
		return nil, fmt.Errorf("%w: it is of kind %d, which this version does not know", errRecord, body[0])
	}
	if err := decMode.Unmarshal(body[1:], v); err != nil {
		return nil, errRecord // the decoder's own words may quote the record
	}
	return v, nil
}

func kindOf(v any) byte {
	switch v.(type) {
	case *staffRecord:
		return kindStaff
	case *sessionRecord:
		return kindSession
	case *placementRecord:
		return kindPlacement
	case *entryRecord:
		return kindEntry
	case *floorRecord:
		return kindFloor
	case *weekRecord:
		return kindWeek
	case *daysRecord:
		return kindDays
	}
	return 0
}
