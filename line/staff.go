package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quietline/store"
)

// A Role is what a staff member may do.
type Role string

// The roles.
const (
	Adviser  Role = "adviser"  // takes conversations
	Lead     Role = "lead"     // takes conversations, watches over them
	Outreach Role = "outreach" // prints and places codes
	Operator Role = "operator" // runs the server
)

// ParseRole reads a role as it is typed.
func ParseRole(s string) (Role, error) {
	r := Role(strings.ToLower(s))
	if !slices.Contains([]Role{Adviser, Lead, Outreach, Operator}, r) {
		return "", fmt.Errorf("%q is no role; the roles are adviser, lead, outreach, operator", s)
	}
	return r, nil
}

// UsualLimit is how many people a staff member talks with at once where nobody said otherwise, MaxLimit the most that can be
// said: more is not answering.
const (
	UsualLimit = 5
	MaxLimit   = 50
)

// AtOnce is how many people the staff member talks with at once.
func (s Staff) AtOnce() int {
	if s.Limit == 0 {
		return UsualLimit
	}
	return s.Limit
}

func (r Role) onDuty() bool { return r == Adviser || r == Lead }

// Staff is one staff member.
type Staff struct {
	ID           string // 8 random Crockford digits
	Name         string // what they sign in with; a pseudonym will do. Capital letters do not count
	Role         Role
	Languages    []string // BCP 47, which they can answer in; empty: not said
	DeskLang     string   // the language they read the desk in, as the table of languages has it; empty: what their browser asks for
	Limit        int      // how many people they talk with at once; 0: UsualLimit
	ChildTrained bool     // trained for conversations with children: while such an adviser is on duty nobody else takes one
	Disabled     bool
	Enrolled     bool // has a password and an authenticator
}

// Errors about names and links.
var (
	ErrNameTaken = errors.New("somebody has this name already; disable them first or take another")
	ErrToken     = errors.New("this link was used, or its time is over")
)

// An Enrolment is what a new staff member needs to see once, to go on with Confirm.
type Enrolment struct {
	URI      string   // otpauth://…, for a QR code
	Secret   string   // the same to type, base32
	Recovery []string // ten codes; each signs in once in place of the authenticator's digits
}

// Invite adds a staff member and returns their ID and the token of an enrolment link, good once and for 24 hours. A name
// that never finished enrolling, or is disabled, is invited anew under the same ID and with nothing of before: so a lost
// phone is cured by ChangeStaff to disabled and Invite. ErrNameTaken for anybody else.
// actor is the staff id of whoever does it, for the audit; empty at the command line.
func (l *Line) Invite(ctx context.Context, actor, name string, role Role, langs []string) (id, token string, err error) {
	name = norm.NFKC.String(strings.TrimSpace(name))
	if err := checkName(name); err != nil {
		return "", "", err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return "", "", err
	}
	if err := checkLangs(langs); err != nil {
		return "", "", err
	}
	token, h, err := l.newToken()
	if err != nil {
		return "", "", err
	}
	b, err := l.random(8)
	if err != nil {
		return "", "", err
	}
	for i := range b {
		b[i] = crockford[b[i]%32]
	}
	id = string(b)
	err = change(ctx, l, l.staffName(name), func(old *staffRecord) (*staffRecord, error) {
		next := &staffRecord{
			ID: id, Name: name, Role: role, Langs: slices.Clone(langs),
			Invite: h[:], InviteEnds: l.now().Add(inviteFor).UTC().Truncate(time.Second),
		}
		if old != nil {
			if old.Enrolled && old.Disabled.IsZero() {
				return nil, ErrNameTaken
			}
			next.ID, next.Child, next.Epoch = old.ID, old.Child, old.Epoch+1
		}
		id = next.ID
		return next, nil
	})
	if err != nil {
		return "", "", fmt.Errorf("inviting: %w", err)
	}
	return id, token, l.Audit(ctx, Entry{Actor: actor, Act: ActInvite, Handle: id})
}

// Invited tells whom the token of an enrolment link is for, while it is good.
func (l *Line) Invited(token string) (Staff, bool) {
	r, err := l.invited(token)
	if err != nil {
		return Staff{}, false
	}
	return r.out(), true
}

func (l *Line) invited(token string) (*staffRecord, error) {
	h, now := hashToken(token), l.now()
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.staff {
		if s.invited(h, now) {
			return s, nil
		}
	}
	return nil, ErrToken
}

// Enrol sets the password (at least [MinPassword] characters) and makes the authenticator's secret and the recovery
// codes. They count once Confirm has seen a first code; until then Enrol may be called again and makes new ones.
func (l *Line) Enrol(ctx context.Context, token, password string) (Enrolment, error) {
	who, err := l.invited(token)
	if err != nil {
		return Enrolment{}, err
	}
	if err := checkPassword(who.Name, password); err != nil {
		return Enrolment{}, err
	}
	salt, err := l.random(16)
	if err != nil {
		return Enrolment{}, err
	}
	hash, err := l.hash(ctx, password, salt)
	if err != nil {
		return Enrolment{}, err
	}
	secret, err := l.newTOTP()
	if err != nil {
		return Enrolment{}, err
	}
	shown, kept, err := l.newRecovery()
	if err != nil {
		return Enrolment{}, err
	}
	h := hashToken(token)
	err = change(ctx, l, l.staffName(who.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || !old.invited(h, l.now()) {
			return nil, ErrToken
		}
		old.Salt, old.Hash, old.TOTP, old.Step, old.Recovery = salt, hash, secret, 0, kept
		return old, nil
	})
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolling: %w", err)
	}
	return Enrolment{URI: totpURI(l.issuer, who.Name, secret), Secret: secret, Recovery: shown}, nil
}

// Confirm ends an enrolment with a first code from the authenticator and signs in. ErrSignIn for a wrong code, [Wait]
// while a next try must wait.
func (l *Line) Confirm(ctx context.Context, token, code string) (SessionToken, error) {
	who, err := l.invited(token)
	if err != nil {
		return "", err
	}
	h, epoch := hashToken(token), 0
	err = l.withCode(ctx, who.Name, code, func(old *staffRecord, now time.Time) error {
		if !old.invited(h, now) || old.TOTP == "" {
			return ErrToken
		}
		return nil
	}, func(old *staffRecord) {
		old.Enrolled, old.Invite, old.InviteEnds = true, nil, time.Time{}
		epoch = old.Epoch
	})
	if err != nil {
		return "", fmt.Errorf("confirming the enrolment: %w", err)
	}
	if err := l.Audit(ctx, Entry{Actor: who.ID, Act: ActEnrol}); err != nil {
		return "", err
	}
	return l.newSession(ctx, who.ID, epoch)
}

// withCode changes somebody's record on a code of their authenticator: may says whether it can be tried at all, then does what
// follows from a right one. A wrong one is written down, and is ErrSignIn; [Wait] while a next try must wait. Both may be called
// again.
func (l *Line) withCode(ctx context.Context, name, code string, may func(*staffRecord, time.Time) error, then func(*staffRecord)) error {
	var refused error
	err := change(ctx, l, l.staffName(name), func(old *staffRecord) (*staffRecord, error) {
		now := l.now()
		refused = nil
		if old == nil {
			return nil, ErrUnknown
		}
		if err := may(old, now); err != nil {
			return nil, err
		}
		if err := old.waiting(now); err != nil {
			return nil, err
		}
		step, ok := totpStep(old.TOTP, digits(code), old.Step, now)
		if !ok {
			old.wrong(now)
			refused = ErrSignIn
			return old, nil
		}
		old.Step, old.Wrong, old.WaitEnds = step, 0, time.Time{}
		then(old)
		return old, nil
	})
	if err != nil {
		return err
	}
	return refused
}

// ChangeStaff lets f change the role, languages, training and Disabled of a staff member; f may be called again.
// Disabling ends their sessions at once and destroys password, authenticator secret and links. Only Invite brings a
// disabled staff member back. ErrUnknown for an ID that nobody has.
func (l *Line) ChangeStaff(ctx context.Context, actor, id string, f func(*Staff)) error {
	who, ok := l.StaffByID(id)
	if !ok {
		return fmt.Errorf("changing a staff member: %w", ErrUnknown)
	}
	note := Note("")
	err := change(ctx, l, l.staffName(who.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || old.ID != id {
			return nil, ErrUnknown
		}
		s := old.out()
		f(&s)
		if _, err := ParseRole(string(s.Role)); err != nil {
			return nil, err
		}
		if err := checkLangs(s.Languages); err != nil {
			return nil, err
		}
		if s.Limit < 0 || s.Limit > MaxLimit {
			return nil, fmt.Errorf("a staff member talks with 1 to %d people at once", MaxLimit)
		}
		if s.DeskLang != "" {
			if err := checkLang(s.DeskLang); err != nil {
				return nil, err
			}
		}
		if !s.Disabled && !old.Disabled.IsZero() {
			return nil, errors.New("a disabled staff member comes back by a new invitation")
		}
		note = trainingNote(old.Child, s.ChildTrained)
		old.Role, old.Langs, old.Child, old.Desk, old.Limit = s.Role, slices.Clone(s.Languages), s.ChildTrained, s.DeskLang, s.Limit
		if s.Disabled && old.Disabled.IsZero() {
			return old.disable(l.now()), nil
		}
		return old, nil
	})
	if err != nil {
		return fmt.Errorf("changing a staff member: %w", err)
	}
	return errors.Join(l.Audit(ctx, Entry{Actor: actor, Act: ActChange, Handle: id, Note: note}), l.tidySessions(ctx))
}

// trainingNote is what the audit says of a change of the training for children.
func trainingNote(before, after bool) Note {
	switch {
	case after && !before:
		return NoteTrained
	case before && !after:
		return NoteUntrained
	}
	return ""
}

// StaffByID returns the staff member with an ID.
func (l *Line) StaffByID(id string) (Staff, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.staff[id]
	if !ok {
		return Staff{}, false
	}
	return s.out(), true
}

// StaffByName returns the staff member with a name.
func (l *Line) StaffByName(name string) (Staff, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s, ok := l.items[l.staffName(name)].v.(*staffRecord); ok {
		return s.out(), true
	}
	return Staff{}, false
}

// AllStaff returns everybody, the disabled too, by name.
func (l *Line) AllStaff() []Staff {
	return sortedFrom(l, l.staff, (*staffRecord).out, func(a, b Staff) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
}

// LeadBesides says whether there is a lead on the staff besides these: somebody who may read a complaint about them.
func (l *Line) LeadBesides(ids []string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for id, s := range l.staff {
		if s.Role == Lead && s.Disabled.IsZero() && !slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

// tidyStaff forgets links whose time is over, disables who did not enrol in time, and forgets staff 400 days after they
// were disabled.
func (l *Line) tidyStaff(ctx context.Context) error {
	now := l.now()
	old := func(s *staffRecord) bool { return !s.Disabled.IsZero() && now.Sub(s.Disabled) >= staffFor }
	invite := func(s *staffRecord) bool { return s.Invite != nil && !now.Before(s.InviteEnds) }
	link := func(s *staffRecord) bool { return s.Link != nil && !now.Before(s.LinkEnds) }
	for _, id := range names(l, l.staff, func(_ string, s *staffRecord) bool { return old(s) || invite(s) || link(s) }) {
		who, ok := l.StaffByID(id)
		if !ok {
			continue
		}
		err := change(ctx, l, l.staffName(who.Name), func(s *staffRecord) (*staffRecord, error) {
			if s == nil || old(s) {
				return nil, nil
			}
			if invite(s) {
				return s.disable(now), nil
			}
			if link(s) {
				s.Link, s.LinkEnds = nil, time.Time{}
			}
			return s, nil
		})
		if err != nil {
			return fmt.Errorf("tidying staff: %w", err)
		}
	}
	return nil
}

// disable returns what stays of a staff member who is out: nothing to sign in with.
func (r *staffRecord) disable(now time.Time) *staffRecord {
	return &staffRecord{
		ID: r.ID, Name: r.Name, Role: r.Role, Langs: r.Langs, Child: r.Child,
		Disabled: now.UTC().Truncate(time.Second), Epoch: r.Epoch + 1,
	}
}

func (r *staffRecord) out() Staff {
	return Staff{
		ID: r.ID, Name: r.Name, Role: r.Role, Languages: slices.Clone(r.Langs), DeskLang: r.Desk, Limit: r.Limit, ChildTrained: r.Child,
		Disabled: !r.Disabled.IsZero(), Enrolled: r.Enrolled,
	}
}

func (r *staffRecord) invited(h tokenHash, now time.Time) bool {
	return r.Invite != nil && sameHash(r.Invite, h) && now.Before(r.InviteEnds) && r.Disabled.IsZero()
}

func (l *Line) staffName(name string) store.Name {
	return store.NewName(l.secret, "staff", fold(name))
}

// fold makes names that look the same to somebody typing one and the same.
func fold(name string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name)))
}

func checkName(name string) error {
	n := utf8.RuneCountInString(name)
	ok := utf8.ValidString(name) && n >= 1 && n <= 40
	for _, r := range name {
		ok = ok && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" .-'’_", r))
	}
	if !ok {
		return errors.New("a staff name has 1 to 40 letters, digits, spaces, hyphens or dots")
	}
	return nil
}

func checkLangs(langs []string) error {
	if len(langs) > 30 {
		return errors.New("a staff member has at most 30 languages")
	}
	for _, t := range langs {
		if err := checkLang(t); err != nil {
			return err
		}
	}
	return nil
}
