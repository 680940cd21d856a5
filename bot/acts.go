package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"quietline/flows"
	"quietline/line"
	"quietline/locales"
)

// An act is one passing-on that an adviser asked the person's yes to (S6). The words are the adviser's own, as the person
// saw them. Nothing leaves the line by this program: whoever passes something on does so by hand, after the yes.
type act struct {
	N      int    `cbor:"1,keyasint" keep:"number of the act, so that an answer is to this one; until the conversation goes"`
	Whom   string `cbor:"2,keyasint" keep:"who would be told, as the person read it; until the conversation goes"`
	What   string `cbor:"3,keyasint" keep:"what they would be told, as the person read it; until the conversation goes"`
	Why    string `cbor:"4,keyasint" keep:"why, as the person read it; until the conversation goes"`
	Till   string `cbor:"5,keyasint" keep:"until when the yes holds, as the person read it; until the conversation goes"`
	By     string `cbor:"6,keyasint" keep:"staff id of who asked, for the audit; until the conversation goes"`
	Asked  int64  `cbor:"7,keyasint" keep:"when it was asked, for the adviser; until the conversation goes"`
	Answer string `cbor:"8,keyasint,omitempty" keep:"yes, no or withdrawn; until the conversation goes"`
	For    string `cbor:"10,keyasint,omitempty" keep:"what the yes is for where this line itself asks; until the conversation goes"`
	At     int64  `cbor:"9,keyasint,omitempty" keep:"when it was answered, for the adviser; until the conversation goes"`
}

// The answers to an act; empty: none.
const (
	ActYes       = "yes"
	ActNo        = "no"
	ActWithdrawn = "withdrawn"
)

// MaxActField is the longest who, what, why or until when of an act, in bytes: a person reads all four on one screen.
const MaxActField = 300

// An Act is what the adviser who holds the conversation sees of one, and asks for: Whom, What, Why and Till are needed,
// each at most MaxActField bytes on one line.
type Act struct {
	Whom, What, Why, Till string

	For string // a referral to a partner: ReferPrefix and the partner's ID; empty: anything else

	N        int
	Asked    time.Time
	Answer   string // ActYes, ActNo, ActWithdrawn; empty: not answered
	Answered time.Time
	Standing bool // the person is being asked now
}

// Errors of what an adviser asks the person.
var (
	ErrAway     = errors.New("the person is not here now: ask when they are back")
	ErrStanding = errors.New("a question stands already: wait for its answer, or write, which takes it back")
	ErrAct      = errors.New("say who, what, why and until when, each on one line")
	ErrActs     = errors.New("too much was asked in this conversation already")
)

// AskConsent asks the person to agree to one act: they see exactly these words. id is the form's nonce: one id is taken
// once. Only the holder may, while the person is there (ErrAway) and no other question stands (ErrStanding).
func (b *Bot) AskConsent(ctx context.Context, handle, staff, id string, a Act) error {
	if a.For != "" && !strings.HasPrefix(a.For, ReferPrefix) {
		return ErrAct
	}
	for _, s := range []*string{&a.Whom, &a.What, &a.Why, &a.Till} {
		*s = strings.TrimSpace(*s)
		if *s == "" || strings.ContainsFunc(*s, unicode.IsControl) {
			return ErrAct
		}
		if err := goodText(*s, MaxActField); err != nil {
			return err
		}
	}
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if repeated(t, id) {
			return nil, nil
		}
		if err := w.mayAsk(t, staff); err != nil {
			return nil, err
		}
		if err := t.roomForAct(); err != nil {
			return nil, err
		}
		t.Acts = append(t.Acts, act{N: t.lastAct() + 1, Whom: a.Whom, What: a.What, Why: a.Why, Till: a.Till, By: staff, Asked: w.now.Unix(), For: a.For})
		t.remember(deskID+id, w.now)
		t.oweAudit(line.ActConsent, line.NoteAsked, staff)
		return w.event(t, flows.Consent), nil
	})
}

// repeated says whether a form of the desk was taken before.
func repeated(t *talk, id string) bool {
	return id != "" && slices.ContainsFunc(t.Seen, func(s seen) bool { return s.ID == deskID+id })
}

// mayAsk refuses a question of an adviser's unless the person is there, and talks with this adviser.
func (w *world) mayAsk(t *talk, staff string) error {
	if err := mine(t, staff); err != nil {
		return err
	}
	tn := w.begin(t)
	switch {
	case t.Beforehand != nil:
		return ErrQuiet
	case !tn.silent() || t.Left || t.Deaf:
		return ErrAway
	case tn.Book.Aside(tn.st):
		return ErrStanding
	}
	return nil
}

// lastAct is the highest number of an act.
func (t *talk) lastAct() int {
	n := 0
	for _, a := range t.Acts {
		n = max(n, a.N)
	}
	return n
}

// roomForAct makes room for one more; a yes stays, for it can be taken back.
func (t *talk) roomForAct() error {
	if len(t.Acts) < maxActs {
		return nil
	}
	i := slices.IndexFunc(t.Acts, func(a act) bool { return a.Answer != ActYes })
	if i < 0 {
		return ErrActs
	}
	t.Acts = slices.Delete(slices.Clone(t.Acts), i, i+1)
	return nil
}

// showAct shows the act that is asked about.
func (tn *turn) showAct(id string) {
	if n := len(tn.t.Acts); n > 0 {
		tn.parts = append(tn.parts, part{Kind: partAct, ID: id, Args: []string{strconv.Itoa(tn.t.Acts[n-1].N)}})
	}
}

// showAgreed shows the act that is looked at: the oldest that stands, where none is.
func (tn *turn) showAgreed(id string) {
	t := tn.t
	i := t.looked()
	if i < 0 {
		i = t.agreedAfter(-1)
	}
	if i < 0 {
		return
	}
	t.Looked = t.Acts[i].N
	tn.parts = append(tn.parts, part{Kind: partAct, ID: id, Args: []string{strconv.Itoa(t.Looked)}})
}

// looked is where the act stands that is looked at; -1: there is none, or its yes stands no more.
func (t *talk) looked() int {
	return slices.IndexFunc(t.Acts, func(a act) bool { return a.N == t.Looked && a.Answer == ActYes })
}

// agreedAfter is where the next yes stands that is younger than the one at i; -1: there is none.
func (t *talk) agreedAfter(i int) int {
	n := slices.IndexFunc(t.Acts[i+1:], func(a act) bool { return a.Answer == ActYes })
	if n < 0 {
		return -1
	}
	return i + 1 + n
}

// moreAgreed says whether a yes stands behind the one that is looked at.
func (t *talk) moreAgreed() bool {
	i := t.looked()
	return i >= 0 && t.agreedAfter(i) >= 0
}

// nextAct goes on to the next yes: behind the last one none is looked at.
func (t *talk) nextAct() {
	i := t.looked()
	t.Looked = 0
	if i < 0 {
		return
	}
	if i = t.agreedAfter(i); i >= 0 {
		t.Looked = t.Acts[i].N
	}
}

// answerAct notes the person's answer to the act that was asked last.
func (tn *turn) answerAct(answer string) {
	t := tn.t
	n := len(t.Acts)
	if n == 0 || t.Acts[n-1].Answer != "" {
		return
	}
	note := line.NoteAgreed
	if answer == ActNo {
		note = line.NoteRefused
	}
	tn.setAct(n-1, answer, note)
}

// takeBack withdraws the yes that is looked at, and no other. Where none is looked at, the question is one of an earlier
// version, which showed them all and asked about them all.
func (tn *turn) takeBack() {
	t := tn.t
	if t.Looked == 0 {
		for i := range t.Acts {
			if t.Acts[i].Answer == ActYes {
				tn.setAct(i, ActWithdrawn, line.NoteWithdrawn)
			}
		}
		return
	}
	i := t.looked()
	t.nextAct()
	if i >= 0 {
		tn.setAct(i, ActWithdrawn, line.NoteWithdrawn)
	}
}

func (tn *turn) setAct(i int, answer string, note line.Note) {
	t := tn.t
	t.Acts[i].Answer, t.Acts[i].At = answer, tn.now.Unix()
	if t.Acts[i].For == forNotes && answer != ActYes {
		t.Notes = nil
	}
	t.oweAudit(line.ActConsent, note, t.Acts[i].By)
	if tn.held(t) {
		t.Hand.Unread++ // the adviser looks
	}
}

// agreedTo says whether a yes stands.
func (t *talk) agreedTo() bool {
	return slices.ContainsFunc(t.Acts, func(a act) bool { return a.Answer == ActYes })
}

// dropQuestion takes back the question of an adviser's that stands, as the adviser writes: no digit meant for the one may
// be taken for the other.
func (tn *turn) dropQuestion() {
	t := tn.t
	if !tn.Book.Aside(tn.st) {
		return
	}
	tn.st.Flow, tn.st.Step, tn.st.Page, tn.st.Back = "handoff", "taken", 0, nil
	tn.st.Answers.Outcomes = nil
	t.Flow = placeOf(tn.st)
	t.Turn++
	t.Asked = 0
	t.Out = slices.DeleteFunc(t.Out, func(o outmsg) bool { return o.Text == "" && len(o.Choices) > 0 })
}

// askedJustNow says whether the person cannot have read the question for consent yet.
func (tn *turn) askedJustNow() bool {
	n := len(tn.t.Acts)
	return n > 0 && tn.st.Flow == "consent" && tn.silent() && tn.Book.Aside(tn.st) && tn.now.Sub(at(tn.t.Acts[n-1].Asked)) < readFirst
}

// actsOf are the acts as the adviser sees them.
func (tn *turn) actsOf() []Act {
	var out []Act
	for i, a := range tn.t.Acts {
		out = append(out, Act{Whom: a.Whom, What: a.What, Why: a.Why, Till: a.Till, For: a.For, N: a.N, Asked: at(a.Asked), Answer: a.Answer, Answered: at(a.At),
			Standing: a.Answer == "" && i == len(tn.t.Acts)-1 && tn.st.Flow == "consent" && tn.Book.Aside(tn.st)})
	}
	return out
}

// actBlock words one act.
func (c *Content) actBlock(lang string, p *part, acts []act) []Block {
	for _, a := range acts {
		if len(p.Args) > 0 && p.Args[0] == strconv.Itoa(a.N) {
			return []Block{text(c.say(lang, p.ID, locales.Args{"Whom": a.Whom, "What": a.What, "Why": a.Why, "Till": a.Till}))}
		}
	}
	return nil
}

// oweAudit owes the line's audit an entry about this conversation. By is the staff member's id, or empty.
func (t *talk) oweAudit(a line.Act, note line.Note, by string) {
	t.Jobs = append(t.Jobs, job{Do: jobAudit, Note: strings.Join([]string{string(a), string(note), t.Handle, by}, " ")})
}

// writeAudit does such a job. After a crash between the entry and crossing it off it stands there twice.
func (b *Bot) writeAudit(ctx context.Context, j job) error {
	f := strings.Split(j.Note, " ")
	if len(f) != 4 {
		return nil
	}
	return b.cfg.Line.Audit(ctx, line.Entry{Act: line.Act(f[0]), Note: line.Note(f[1]), Handle: f[2], Actor: f[3]})
}
