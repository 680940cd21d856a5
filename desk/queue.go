package desk

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/line"
)

// home leads everybody to the page of their role; for advisers it is the queue.
func (d *desk) home(w http.ResponseWriter, r *http.Request, s seat) {
	if !s.Holds() {
		http.Redirect(w, r, "/places", http.StatusSeeOther)
		return
	}
	d.render(w, r, http.StatusOK, "queue", page{Title: d.Title, Seat: &s, Live: "/live"})
}

// duty sets whether the seat counts as somebody who can be reached (S4).
func (d *desk) duty(w http.ResponseWriter, r *http.Request, s seat) {
	set := d.Line.GoOffDuty
	if r.PostForm.Get("on") == "1" {
		set = d.Line.GoOnDuty
	} else if r.PostForm.Get("sure") == "" && slices.ContainsFunc(d.items(s), func(it bot.Item) bool { return it.Adviser == s.ID && it.Mode != bot.Waiting }) {
		http.Redirect(w, r, "/shift", http.StatusSeeOther) // nobody is left without a word
		return
	}
	if err := set(r.Context(), s.token); err != nil {
		d.fail(w, r, "changing duty", err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// full says that the line is full, or is not any more.
func (d *desk) full(w http.ResponseWriter, r *http.Request, s seat) {
	if err := d.Line.SetFull(r.Context(), s.ID, r.PostForm.Get("on") == "1"); err != nil {
		d.fail(w, r, "saying that the line is full", err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// A waitingPart is what the bar shows of the queue: how many wait, and which, so that the script can tell a new one.
type waitingPart struct {
	Count   int
	Handles string
	Alerts  int // of the seat's own conversations: danger that nobody has acknowledged
	Alarm   Alarm
}

func (d *desk) waitingNow(s seat) waitingPart {
	var p waitingPart
	var handles []string
	var calls []bot.Item
	if d.Bot != nil {
		calls = d.Bot.Calls(s.ID)
	}
	for _, it := range calls {
		if it.Mode == bot.Waiting && !it.Closed {
			handles = append(handles, it.Handle)
		}
		if it.Adviser == s.ID && it.Alert {
			p.Alerts++
		}
		if it.Adviser == s.ID && it.Given || it.Wants && s.lead() && it.Adviser != s.ID {
			handles = append(handles, it.Handle)
		}
	}
	p.Alarm = d.alarm()
	p.Count, p.Handles = len(handles), strings.Join(handles, " ")
	return p
}

// alarm is how the alarms to those on call are.
func (d *desk) alarm() Alarm {
	if d.Alarm == nil {
		return Alarm{}
	}
	return d.Alarm()
}

// alarmSeen says that this seat knows that nobody is on duty.
func (d *desk) alarmSeen(w http.ResponseWriter, r *http.Request, s seat) {
	if d.alarm().Nobody {
		d.AlarmSeen()
		d.audit(r.Context(), line.Entry{Actor: s.ID, Act: line.ActSeen})
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (d *desk) waiting(w http.ResponseWriter, r *http.Request, s seat) {
	framed(w)
	d.part(w, r, http.StatusOK, "waiting", d.waitingNow(s))
}

// A listPart is the queue as the page shows it.
type listPart struct {
	Off     bool // the conversations' store does not open
	Alarm   Alarm
	Form    template.HTML
	Waiting []row
	Mine    []row
	Others  []row
}

// A row is one conversation of the list. It has a handle and nothing that leads to a person.
type row struct {
	Handle    string
	Language  string
	Country   string
	Channel   string
	Needs     []string
	Happening []string
	Who       string
	Waited    string
	Since     time.Time
	Until     time.Time
	Mode      string
	Adviser   string
	Unread    int
	Urgent    bool
	Flags     []flag
	Form      template.HTML
	Claim     bool // it can be taken
	Seen      bool // somebody knows of it: nobody is alarmed for now
	See       bool // it can be said that somebody knows of it
	Open      bool // the seat may read it
}

// A flag is one thing that an adviser must know of a conversation, with its colour's name.
type flag struct{ Kind, Text string }

// items are the conversations that wait or are held, as the seat may see them; none while the chat is off.
func (d *desk) items(s seat) []bot.Item {
	if d.Bot == nil {
		return nil
	}
	return d.Bot.QueueFor(s.ID)
}

// chatting refuses what needs the conversations while their store does not open.
func (d *desk) chatting(h func(http.ResponseWriter, *http.Request, seat)) func(http.ResponseWriter, *http.Request, seat) {
	return func(w http.ResponseWriter, r *http.Request, s seat) {
		if d.Bot == nil {
			d.message(w, r, http.StatusServiceUnavailable, "The chat is off: the conversations cannot be opened. Ask the operator; the server's log says what to do.")
			return
		}
		h(w, r, s)
	}
}

func (d *desk) list(w http.ResponseWriter, r *http.Request, s seat) {
	framed(w)
	in := d.words(r)
	p := listPart{Off: d.Bot == nil, Alarm: d.alarm(), Form: formField(&s)}
	for _, it := range d.items(s) {
		row := d.row(in, it)
		row.Seen = !it.Seen.IsZero() && d.Now().Sub(it.Seen) < bot.SeenFor
		row.See = d.Alarm != nil && it.Waits() && !row.Seen
		row.Form, row.Claim, row.Open = formField(&s), it.Mode == bot.Waiting && !it.Closed, it.Adviser == s.ID || s.lead()
		switch {
		case it.Mode == bot.Waiting:
			p.Waiting = append(p.Waiting, row)
		case it.Adviser == s.ID:
			p.Mine = append(p.Mine, row)
		default:
			p.Others = append(p.Others, row)
		}
	}
	d.part(w, r, http.StatusOK, "list", p)
}

func (d *desk) row(in words, it bot.Item) row {
	x := row{
		Handle: it.Handle, Language: in.language(it.Lang), Country: in.country(it.Country),
		Channel: channelName(it.Channel), Needs: in.codes("need.", it.Needs), Happening: in.codes("happening.", it.Happening), Who: whoName(it.Who),
		Waited: waited(in, d.Now().Sub(it.Since)), Since: it.Since, Until: it.Until,
		Mode: modeName(it.Mode), Unread: it.Unread, Urgent: it.Urgent || it.Alert || it.Lost, Flags: flags(it),
	}
	if it.Adviser != "" {
		x.Adviser = d.staffName(in, it.Adviser)
	}
	return x
}

// flags are what stands out, worst first.
func flags(it bot.Item) []flag {
	var fs []flag
	add := func(is bool, kind, text string) {
		if is {
			fs = append(fs, flag{kind, text})
		}
	}
	add(it.Alert && !it.Harm, "red", said("danger now, not acknowledged"))
	add(it.Harm, "red", said("wrote of hurting themselves, not acknowledged"))
	add(it.Urgent, "red", said("urgent"))
	add(it.Duress, "red", said("may be forced to write: the duress word was used"))
	add(it.Lost, "amber", said("adviser was lost"))
	add(it.Alone, "red", said("the adviser was not heard from any more"))
	add(it.Child, "amber", said("under 18"))
	add(it.Child && !it.Trained && it.Mode == bot.Waiting, "amber", said("nobody trained for children is on duty: see to it that one comes"))
	add(it.Child && it.Busy && it.Mode == bot.Waiting, "amber", said("whoever is trained for children talks with somebody else: see to it that one becomes free"))
	add(it.Closed, "grey", said("for an adviser trained for children"))
	for _, f := range it.Flags {
		add(true, "amber", flagName(f))
	}
	add(it.Complaint, "amber", said("complaint"))
	add(it.Quiet, "grey", said("check-in unanswered"))
	add(it.Before != "" && it.Mode == bot.Waiting, "grey", said("was here before"))
	add(it.Given, "amber", said("given by a colleague"))
	add(it.Wants, "amber", said("the adviser asks a lead to look"))
	add(it.Covered, "grey", said("the chat was stopped"))
	add(it.Left && !it.Covered, "grey", said("has left"))
	add(it.Deaf, "grey", said("cannot reply: nothing reaches them until they write"))
	return fs
}

// flagName says why somebody must come soon.
func flagName(f string) string {
	switch f {
	case "selfharm":
		return said("may hurt themselves")
	case "overdose":
		return said("took too much of something")
	case "bleeding":
		return said("bleeding or badly hurt")
	case "pregnant":
		return said("pregnant, and asked for care")
	case "rape":
		return said("raped, and asked for care: hours count")
	case bot.FlagHealth:
		return said("needs care soon")
	}
	return f
}

// whoName says for whom the person asks.
func whoName(who string) string {
	switch who {
	case "me":
		return said("for themselves")
	case "other":
		return said("for someone they know")
	case "saw":
		return said("about something they saw")
	case "unsure":
		return said("not sure for whom")
	}
	return ""
}

// waited is a wait in minutes, as one says it.
func waited(in words, d time.Duration) string {
	switch m := int(d.Minutes()); {
	case m < 1:
		return in.t("less than a minute")
	case m < 60:
		return in.t("%d min", m)
	default:
		return in.t("%d h %d min", m/60, m%60)
	}
}

// staffName is somebody on the staff; a name is never translated.
func (d *desk) staffName(in words, id string) string {
	if s, ok := d.Line.StaffByID(id); ok {
		return s.Name
	}
	return in.t("somebody who is gone")
}
