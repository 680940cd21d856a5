package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"quietline/flows"
	"quietline/store"
)

// An asked is what a person asked for beforehand (S7): a check-in, once or in a series, and one plain line when an answer
// waits. It lies in a record of its own, so that it outlives the conversation: a talk of mode Asked with the address, and
// without anything that was said. Times are Unix seconds.
type asked struct {
	Owner   []byte `cbor:"1,keyasint,omitempty" keep:"keyed hash of the conversation's handle, which may show and change it; as long as it"`
	Guarded bool   `cbor:"2,keyasint,omitempty" keep:"it was made behind return words and is shown only after them; as long as it"`

	Every string `cbor:"3,keyasint,omitempty" keep:"once, weekly or monthly; until the last check-in, at most 180 days after the person's last message"`
	Next  int64  `cbor:"4,keyasint,omitempty" keep:"when the next check-in's hours begin; until sent"`
	Left  int    `cbor:"5,keyasint,omitempty" keep:"how many are to come; until the last"`
	Span  int64  `cbor:"6,keyasint,omitempty" keep:"how long those hours are; until the last"`
	Zone  string `cbor:"7,keyasint,omitempty" keep:"the country's time zone, where it has one; as long as it"`
	Line  string `cbor:"8,keyasint,omitempty" keep:"which plain line was chosen; until the last"`
	Miss  string `cbor:"9,keyasint,omitempty" keep:"what was chosen for silence: nothing, or an adviser is told; until the last"`
	Skip  bool   `cbor:"10,keyasint,omitempty" keep:"the person wrote, so the next one is left out; until then"`
	Open  int64  `cbor:"11,keyasint,omitempty" keep:"when the one that was sent counts as unanswered; a day"`
	Came  bool   `cbor:"12,keyasint,omitempty" keep:"the provider took it; a day"`
	Mark  string `cbor:"25,keyasint,omitempty" keep:"the provider's id of it, for what is reported of it; a day"`
	Set   string `cbor:"26,keyasint,omitempty" keep:"in which turn it was asked for and when, so that it is set once; as long as it"`
	Wrote bool   `cbor:"13,keyasint,omitempty" keep:"the person wrote after an adviser was told; until the adviser closes it"`

	Ready      string `cbor:"14,keyasint,omitempty" keep:"which plain line says that an answer waits; as long as the handoff, at most 14 days after the person's last message"`
	ReadyFrom  int    `cbor:"15,keyasint,omitempty" keep:"from which minute of the day it may be sent; as the line"`
	ReadySpan  int64  `cbor:"16,keyasint,omitempty" keep:"for how long a day; as the line"`
	ReadyDue   int64  `cbor:"17,keyasint,omitempty" keep:"when it is sent; until sent"`
	ReadyUntil int64  `cbor:"18,keyasint,omitempty" keep:"when the answer goes; at most 96 hours"`
	ReadySent  bool   `cbor:"19,keyasint,omitempty" keep:"it was sent for this answer; until the person writes"`

	Lang    string   `cbor:"20,keyasint,omitempty" keep:"language of the lines; as long as it"`
	Country string   `cbor:"21,keyasint,omitempty" keep:"country, for the adviser who is told; until the last check-in"`
	Adviser string   `cbor:"22,keyasint,omitempty" keep:"staff id of who held the conversation, for the adviser who is told; until the last check-in"`
	Who     string   `cbor:"23,keyasint,omitempty" keep:"tapped and shared: for whom; until the last check-in"`
	Needs   []string `cbor:"24,keyasint,omitempty" keep:"tapped and shared: needs; until the last check-in"`
	Child   bool     `cbor:"27,keyasint,omitempty" keep:"tapped: under 18, which decides which adviser is told; until the last check-in"`
}

// Asked is the mode of such a record while no adviser is told of it.
const Asked Mode = "asked"

// span is how long a check-in's hours are; what must be said without a zone comes this long around the time of asking.
const span = 3 * time.Hour

// hours are the minutes of the day at which the named hours begin.
var hours = map[string]int{"morning": 9 * 60, "midday": 12 * 60, "afternoon": 15 * 60, "evening": 18 * 60}

// The hours of a ready line where the zone is known: by day.
const (
	dayFrom = 8 * 60
	daySpan = 13 * time.Hour
)

// askedName is where the record of one conversation's wishes for one address lies.
func askedName(secret store.Key, channel, address, handle string) store.Name {
	return store.NewName(secret, "asked", channel+"\x00"+address+"\x00"+handle)
}

// askedAt stands for an address, askedBy for a conversation, in the index and in the record.
func askedAt(secret store.Key, channel, address string) store.Name {
	return store.NewName(secret, "asked at", channel+"\x00"+address)
}

func askedBy(secret store.Key, handle string) store.Name {
	return store.NewName(secret, "asked by", handle)
}

// zone is the time zone of the record; UTC where none is known.
func (a *asked) zone() *time.Location {
	if z, err := time.LoadLocation(a.Zone); err == nil {
		return z
	}
	return time.UTC
}

// step is how many days lie between two check-ins.
func (a *asked) step() int {
	switch a.Every {
	case "weekly":
		return 7
	case "monthly":
		return 28
	}
	return 0
}

// end is the beginning of the last check-in's hours.
func (a *asked) end() int64 {
	if a.Next == 0 {
		return 0
	}
	return at(a.Next).In(a.zone()).AddDate(0, 0, a.step()*(a.Left-1)).Unix()
}

// advance goes on to the next check-in whose hours have not begun, or to none. One whose hours went by is never made up for.
func (a *asked) advance(now int64) {
	for a.Next > 0 && a.Next <= now {
		a.Left--
		if a.Left < 1 {
			a.Next, a.Left, a.Skip = 0, 0, false
			return
		}
		a.Next = at(a.Next).In(a.zone()).AddDate(0, 0, a.step()).Unix()
	}
}

// plan is the check-in that the tapped choices describe, counted from when it is shown; nil while one is missing.
func (tn *turn) plan(shown time.Time) *asked {
	s := tn.st.Answers.Sign
	if len(s.Run) != 2 || s.Line == "" || s.At == "" || tn.t.Page || tn.t.Channel == "" || !tn.cfg.Durable || tn.cfg.limits(tn.t.Channel).Brief {
		return nil
	}
	n, _ := strconv.Atoi(s.Run[1:])
	a := &asked{Line: s.Line, Miss: s.Miss, Left: n, Span: int64(span / time.Second)}
	days := 0
	switch s.Run[0] {
	case 'd':
		a.Every, a.Left, days = "once", 1, n
	case 'w':
		a.Every, days = "weekly", 7
	case 'm':
		a.Every, days = "monthly", 28
	}
	tn.common(a)
	if from, ok := hours[s.At]; ok && a.Zone != "" {
		y, m, d := shown.In(a.zone()).Date()
		a.Next = time.Date(y, m, d+days, 0, from, 0, 0, a.zone()).Unix()
	} else {
		a.Zone = ""
		a.Next = shown.AddDate(0, 0, days).Add(-span / 2).Truncate(time.Minute).Unix()
	}
	return a
}

// common is what both wishes carry.
func (tn *turn) common(a *asked) {
	t := tn.t
	owner := askedBy(tn.secret, t.Handle)
	a.Owner, a.Guarded, a.Lang, a.Country = owner[:], t.Words != nil, t.Lang, t.Country
	if known, _ := tn.Directory.Country(t.Country); known.Zone != "" {
		a.Zone = known.Zone
	}
	if t.Hand != nil {
		a.Adviser = t.Hand.Adviser
	}
	a.Child = tn.st.Answers.Age == "child" || t.Hand != nil && t.Hand.Child
	if tn.st.Answers.Share == "all" {
		a.Who, a.Needs = tn.st.Answers.Who, slices.Clone(tn.st.Answers.Needs)
	}
}

// askFor puts the chosen check-in on its way to its own record.
func (tn *turn) askFor() {
	t := tn.t
	a := tn.plan(at(t.Shown))
	if a == nil || t.Shown == 0 {
		return
	}
	t.Shown = 0
	t.Sign, t.Fresh = at(a.end()).Add(span+keepDay).Unix(), true
	tn.wish(a)
}

// askReady does so with the plain line for a waiting answer.
func (tn *turn) askReady() {
	t := tn.t
	if t.Page || t.Channel == "" || tn.st.Answers.Ready == "no" || tn.st.Answers.Ready == "" {
		return
	}
	a := &asked{Ready: tn.st.Answers.Ready, ReadyFrom: dayFrom, ReadySpan: int64(daySpan / time.Second)}
	tn.common(a)
	if a.Zone == "" {
		from := tn.now.Add(-span / 2).UTC()
		a.ReadyFrom, a.ReadySpan = from.Hour()*60+from.Minute(), int64(span/time.Second)
	}
	tn.wish(a)
}

func (tn *turn) wish(a *asked) {
	t := tn.t
	to := askedName(tn.secret, t.Channel, t.Address, t.Handle)
	a.Set = turnOf(t) + " " + unix(tn.now.Unix())
	t.Wish = a
	t.owe(jobAsk, to[:])
}

// owe adds a job, once.
func (t *talk) owe(do string, name []byte) {
	if !slices.ContainsFunc(t.Jobs, func(j job) bool { return j.Do == do && string(j.Name) == string(name) }) {
		t.Jobs = append(t.Jobs, job{Do: do, Name: name})
	}
}

// oweOwn adds a job about what this conversation asked for.
func (tn *turn) oweOwn(do string) {
	if tn.t.Handle != "" {
		owner := askedBy(tn.secret, tn.t.Handle)
		tn.t.owe(do, owner[:])
	}
}

// answered tells the record that waits for it that an adviser's answer waits for the person.
func (tn *turn) answered() {
	if r := tn.t.Flow.Ready; r != "" && r != "no" {
		tn.oweOwn(jobReady)
	}
}

// unready takes back the wish for a plain line: there is nothing left to wait for.
func (tn *turn) unready() {
	if r := tn.t.Flow.Ready; r != "" && r != "no" {
		tn.oweOwn(jobUnready)
	}
}

// heard tells what was asked for at this address that the person wrote, and what they asked for elsewhere if they have given
// their return words. What is said in the sitting in which it was asked for leaves nothing out.
func (tn *turn) heard(kind flows.Kind) {
	t := tn.t
	// Whoever makes them write the duress word, and writes after it, has not answered for them.
	forced := kind == flows.Duress || tn.st.Shut && kind != flows.Return
	if tn.asks && !t.Page && t.Channel != "" {
		do := jobHeard
		if forced {
			do = jobForced
		}
		var but []byte
		if t.Fresh {
			owner := askedBy(tn.secret, t.Handle)
			but = owner[:]
		}
		t.owe(do, but)
	}
	if tn.owns && t.Words != nil && tn.st.Known && !t.Fresh && !forced {
		tn.oweOwn(jobKnown)
	}
}

// merge takes a wish into the record.
func (a *asked) merge(w *asked) {
	if w.Every != "" {
		keep := *a
		*a = *w
		a.Ready, a.ReadyFrom, a.ReadySpan = keep.Ready, keep.ReadyFrom, keep.ReadySpan
		a.ReadyDue, a.ReadyUntil, a.ReadySent = keep.ReadyDue, keep.ReadyUntil, keep.ReadySent
		return
	}
	a.Owner, a.Lang, a.Set = w.Owner, w.Lang, w.Set
	if a.Every == "" {
		a.Zone, a.Country = w.Zone, w.Country
	}
	a.Ready, a.ReadyFrom, a.ReadySpan = w.Ready, w.ReadyFrom, w.ReadySpan
	a.ReadyDue, a.ReadyUntil, a.ReadySent = 0, 0, false
}

// unseries ends the check-ins; the wish for a ready line stays.
func (a *asked) unseries() {
	*a = asked{Owner: a.Owner, Guarded: a.Guarded, Zone: a.Zone, Lang: a.Lang, Set: a.Set,
		Ready: a.Ready, ReadyFrom: a.ReadyFrom, ReadySpan: a.ReadySpan, ReadyDue: a.ReadyDue, ReadyUntil: a.ReadyUntil, ReadySent: a.ReadySent}
}

// hush ends the wish for a ready line.
func (a *asked) hush() {
	a.Ready, a.ReadyFrom, a.ReadySpan, a.ReadyDue, a.ReadyUntil, a.ReadySent = "", 0, 0, 0, 0, false
}

// opening is when, at now or after it, the ready line may be sent next, and until when.
func (a *asked) opening(now time.Time) (from, to int64) {
	zone := a.zone()
	y, m, d := now.In(zone).Date()
	for day := d - 1; ; day++ {
		s := time.Date(y, m, day, 0, a.ReadyFrom, 0, 0, zone).Unix()
		if e := s + a.ReadySpan; now.Unix() < e {
			return max(s, now.Unix()), e
		}
	}
}

// tickAsked does what the clock asks of such a record. It returns nil when nothing is due.
func (w *world) tickAsked(t *talk) *turn {
	now := w.now.Unix()
	past := func(s int64) bool { return s > 0 && s <= now }
	a, h := t.Beforehand, t.Hand
	tn := w.begin(t)
	switch {
	case past(t.Expires):
		tn.unask()
		a.hush()
	case past(a.Open):
		a.Open = 0
		if a.Miss == "adviser" {
			tn.tell()
		}
	case past(a.Next):
		if now < a.Next+a.Span && !a.Skip && !t.Deaf { // that nothing reaches them was told the first time
			tn.plain(signID, a.Line, a.Next+a.Span)
			a.Open, a.Came, a.Mark = w.now.Add(keepDay).Unix(), false, ""
		}
		a.Skip = false
		a.advance(now)
	case past(a.ReadyDue):
		from, to := a.opening(w.now)
		switch {
		case from >= a.ReadyUntil:
			a.ReadyDue = 0
		case from > now:
			a.ReadyDue = from
		default:
			tn.plain("", a.Ready, min(to, a.ReadyUntil))
			a.ReadyDue, a.ReadySent = 0, true
		}
	case h != nil && past(h.Until):
		t.Mode, t.Hand, a.Wrote = string(Asked), nil, false
	default:
		return nil
	}
	tn.settle()
	return tn
}

// signID begins the ids of check-ins in the outbox, which tells them from other lines.
const signID = "c"

// sign says whether the message is a check-in.
func (o *outmsg) sign() bool { return strings.HasPrefix(o.ID, signID) }

// plain puts one of the plain lines into the outbox. A person whom the provider does not reach gets none.
func (tn *turn) plain(kind, which string, until int64) {
	t := tn.t
	ids := flows.PlainLines()
	n, _ := strconv.Atoi(which)
	if t.Deaf || n < 1 || n > len(ids) {
		return
	}
	t.Turn++
	t.post(outmsg{ID: kind + outID(t, 0), Lang: t.Beforehand.Lang, Said: pack([]part{{ID: ids[n-1]}}), Until: until}, tn.now)
}

// tell puts an unanswered check-in into the queue, quietly: silence is no danger.
func (tn *turn) tell() {
	t, a := tn.t, tn.t.Beforehand
	if tn.held(t) {
		t.Hand.Unread++
		t.Hand.Until = tn.shiftEnd(a.Lang)
		return
	}
	t.Mode = string(Waiting)
	t.Hand = &handoff{Since: tn.now.Unix(), Until: tn.shiftEnd(a.Lang), Lang: a.Lang, Country: a.Country, Adviser: a.Adviser, Child: a.Child}
}

// settle lets the record go when nothing is left of what was asked for, and sets until when it stays at the most.
func (tn *turn) settle() {
	t, a := tn.t, tn.t.Beforehand
	series := a.Next > 0 || a.Open > 0 || len(t.Out) > 0
	if !series && t.Hand == nil {
		a.unseries()
	}
	if !series && a.Ready == "" && t.Hand == nil {
		counts := tn.counts
		if len(t.Receipts) == 0 && t.ClaimTo <= tn.now.Unix() { // what is being sent leaves its receipt yet
			tn.gone = true
			return
		}
		tn.erase() // what was sent is withdrawn
		tn.counts, tn.left = counts, false
		return
	}
	limit := keepFortnight
	if a.Every != "" {
		limit = askedCeiling
	}
	t.Expires = at(t.Last).Add(limit).Unix()
}

// seesSign says whether the conversation's check-in may be shown: in the sitting that set it, or after its return words. The
// number or chat is not the person (S12).
func (tn *turn) seesSign() bool {
	return tn.sign != nil && (tn.t.Fresh || tn.sign.Guarded && tn.t.Words != nil && tn.st.Known)
}

// stopSigns ends the check-in that may be seen. Who may see none ends whatever is at this address without return words, and
// learns nothing of it.
func (tn *turn) stopSigns() {
	if tn.seesSign() {
		tn.t.Sign = 0
		tn.oweOwn(jobStop)
		return
	}
	tn.t.owe(jobStop, nil)
}

// forget ends all that was asked for at the person's address, and by this conversation: it is erased.
func (tn *turn) forget() {
	if tn.t.Beforehand == nil && (tn.asks || tn.owns || tn.starting || tn.t.Sign > 0) {
		tn.oweOwn(jobForget)
	}
}
