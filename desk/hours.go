package desk

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/line"
)

// An hoursPage shows when the line is there: the week as it is planned, the days to come, and what people are told.
type hoursPage struct {
	Always  bool // a trial: it is always open
	Edits   bool // the seat may close and open days
	Week    []weekday
	Soon    []dayRow // the next seven days
	Later   []dayRow // what is closed, or a holiday, in the weeks after those
	Until   time.Time
	Zone    string // of today and of the moment asked for
	Error   string
	First   string // of the form for several days, as it was sent
	Last    string
	Min     string // today
	Preview preview
}

// A weekday is one row of the week's pattern.
type weekday struct {
	Name   string
	Shifts []shiftRow
}

// A shiftRow is one shift in words.
type shiftRow struct {
	Hours, Zone, Languages, Channels string
	Holidays                         bool
}

// A dayRow is one day to come.
type dayRow struct {
	ID, Name string // 2026-12-24; Thursday 24 December
	Today    bool
	State    string // what closes it, in words; empty: nothing does
	Shut     bool   // no shift is held
	Held     []shiftRow
	Buttons  []dayButton
}

// A dayButton sets a day.
type dayButton struct {
	To, Text, Label string
}

// A preview is what a person would read.
type preview struct {
	Off                            string // why there is none
	Languages, Countries, Channels []choice
	Day, At                        string
	Lang                           string
	Now                            []notice
	Then                           []notice // at Day and At; none: not asked for
	When                           string
}

// A notice is what is said under one condition.
type notice struct {
	If         string
	Said, Kept []bot.Block
}

// What the parts of the page get: a day with the form of the seat, and what is said with its language.
type (
	dayPart struct {
		Row   dayRow
		Edits bool
		Form  template.HTML
	}
	toldPart struct {
		notice
		Lang string
	}
)

func dayOf(p page, row dayRow) dayPart {
	body, _ := p.Body.(hoursPage)
	return dayPart{Row: row, Edits: body.Edits, Form: p.Form()}
}

func toldIn(lang string, t notice) toldPart { return toldPart{t, lang} }

// weeks are how far the page looks ahead.
const weeks = 8

// editors may close and open days.
var editors = []line.Role{line.Lead, line.Operator}

func (d *desk) hours(w http.ResponseWriter, r *http.Request, s seat) {
	d.hoursPage(w, r, http.StatusOK, s, hoursPage{})
}

func (d *desk) hoursPage(w http.ResponseWriter, r *http.Request, status int, s seat, p hoursPage) {
	now := d.Now()
	in := d.words(r)
	shifts, always := d.Line.Shifts()
	p.Always, p.Edits, p.Zone = always, slices.Contains(editors, s.Role), d.Line.Zone().String()
	for i := range 7 {
		day := weekday{Name: in.t(weekdays[(i+1)%7])}
		for _, sh := range shifts {
			if slices.Contains(sh.Days, strings.ToLower(time.Weekday((i + 1) % 7).String()[:3])) {
				day.Shifts = append(day.Shifts, d.shiftRow(in, sh, sh.From, sh.To))
			}
		}
		slices.SortStableFunc(day.Shifts, func(a, b shiftRow) int { return strings.Compare(a.Hours, b.Hours) })
		p.Week = append(p.Week, day)
	}
	today := d.Line.Today(now)
	p.Min = today.Format(time.DateOnly)
	for i, day := range d.Line.Days(today, 7*weeks) {
		p.Until = day.Date
		switch {
		case i < 7:
			p.Soon = append(p.Soon, d.dayRow(in, day, i == 0))
		case day.Why != line.Planned || day.Holiday != "" || day.Marked:
			p.Later = append(p.Later, d.dayRow(in, day, false))
		}
	}
	p.Preview = d.preview(r, now)
	d.render(w, r, status, "hours", page{Title: d.Title, Seat: &s, Body: p})
}

// shiftRow words a shift that is held from one time to another.
func (d *desk) shiftRow(in words, s line.Shift, from, to string) shiftRow {
	out := shiftRow{Hours: from + "–" + to, Zone: s.Zone, Channels: in.t("every channel"), Holidays: s.OnHoliday}
	var langs, channels []string
	for _, l := range s.Langs {
		langs = append(langs, in.languageName(l))
	}
	for _, c := range s.Channels {
		channels = append(channels, in.t(channelName(c)))
	}
	out.Languages = strings.Join(langs, ", ")
	if len(langs) == 0 {
		out.Languages = in.t("the languages of whoever is there")
	}
	if len(channels) > 0 {
		out.Channels = strings.Join(channels, ", ")
	}
	return out
}

func (d *desk) dayRow(in words, day line.Day, today bool) dayRow {
	out := dayRow{ID: day.Date.Format(time.DateOnly), Name: in.weekday(day.Date), Today: today, Shut: len(day.Held) == 0}
	for _, h := range day.Held {
		out.Held = append(out.Held, d.shiftRow(in, h.Shift, h.From.Format("15:04"), h.Till.Format("15:04")))
	}
	end := dayButton{string(line.NoteClosed), in.t("Close %s", in.t(weekdays[day.Date.Weekday()])), in.t("Close %s", out.Name)}
	if today {
		end.Text = in.t("Close the rest of today")
		end.Label = end.Text
	}
	open := dayButton{string(line.NoteOpen), in.t("Open all the same"), in.t("Open %s all the same", out.Name)}
	back := dayButton{string(line.NotePlanned), in.t("As planned again"), in.t("%s as planned again", out.Name)}
	switch {
	case day.Why == line.ByDesk:
		out.State, out.Buttons = in.t("closed here"), []dayButton{back}
	case day.Why == line.ByFile:
		out.State, out.Buttons = in.t("closed in the line's settings"), []dayButton{open}
	case day.Why == line.ByHoliday:
		out.State, out.Buttons = in.t("public holiday"), []dayButton{open}
		if !out.Shut { // some shifts are held on holidays, too
			out.Buttons = append(out.Buttons, end)
		}
	case day.Marked:
		out.State, out.Buttons = in.t("opened here"), []dayButton{back}
	case !out.Shut:
		out.Buttons = []dayButton{end}
	}
	if day.Holiday != "" {
		out.State = strings.TrimPrefix(out.State+": ", ": ") + day.Holiday
	}
	return out
}

// closeDays says of one or several days whether the line is there.
func (d *desk) closeDays(w http.ResponseWriter, r *http.Request, s seat) {
	p := hoursPage{First: r.PostForm.Get("first"), Last: r.PostForm.Get("last")}
	if p.Last == "" {
		p.Last = p.First
	}
	err := d.Line.SetDays(r.Context(), s.ID, p.First, p.Last, line.Note(r.PostForm.Get("to")))
	switch {
	case errors.Is(err, line.ErrDays):
		p.Error = said("Choose a first day from today on and a last day not before it: at most 62 days at once, and none more than a year ahead.")
		d.hoursPage(w, r, http.StatusUnprocessableEntity, s, p)
	case err != nil:
		d.fail(w, r, "closing or opening days", err)
	default:
		http.Redirect(w, r, "/hours", http.StatusSeeOther)
	}
}

// preview says what a person who asks for an adviser is told now, and at the moment that the page's address names.
func (d *desk) preview(r *http.Request, now time.Time) preview {
	if d.Bot == nil {
		return preview{Off: said("The chat is off: nobody is told anything. Ask the operator.")}
	}
	in, q := d.words(r), r.URL.Query()
	languages, countries, channels := d.Bot.Offered()
	pick := func(name string, all []string) string {
		if v := q.Get(name); slices.Contains(all, v) {
			return v
		}
		return all[0]
	}
	lang, country, channel := pick("lang", languages), pick("country", countries), pick("channel", channels)
	p := preview{Lang: lang, Day: q.Get("day"), At: q.Get("at")}
	for _, l := range languages {
		p.Languages = append(p.Languages, choice{ID: l, Name: in.language(l), Picked: l == lang})
	}
	for _, c := range countries {
		p.Countries = append(p.Countries, choice{ID: c, Name: in.country(c), Picked: c == country})
	}
	for _, c := range channels {
		p.Channels = append(p.Channels, choice{ID: c, Name: in.t(channelName(c)), Picked: c == channel})
	}
	told := func(is string, at time.Time, duty line.Duty, ahead int) notice {
		said, kept := d.Bot.Told(at, lang, country, channel, duty, ahead)
		return notice{If: is, Said: said, Kept: kept}
	}
	p.Now = append(p.Now, told("", now, d.Line.Duty(now, lang, channel), d.Bot.Load().Waiting))
	if p.Day == "" || p.At == "" {
		p.Day, p.At = sunday(d.Line.Today(now)), "03:00"
		return p
	}
	at, err := d.Line.Moment(p.Day, p.At)
	if err != nil || at.Before(now.AddDate(-1, 0, 0)) || at.After(now.AddDate(2, 0, 0)) {
		p.Day, p.At, p.Off = sunday(d.Line.Today(now)), "03:00", said("That is no moment that can be looked at. Choose a day and a time such as 03:00.")
		return p
	}
	local := at.In(d.Line.Zone())
	p.When = in.t("%s %d, %s", in.weekday(local), local.Year(), local.Format("15:04"))
	duty := d.Line.Planned(at, lang, channel)
	if duty.Open { // who will be there is not known: both
		there := duty
		there.OnDuty, there.Anyone = true, true
		p.Then = append(p.Then, told(said("if somebody who writes this language is on duty then"), at, there, 0), told(said("if nobody is"), at, duty, 0))
	} else {
		p.Then = append(p.Then, told("", at, duty, 0))
	}
	return p
}

// sunday is the next one after a day.
func sunday(today time.Time) string {
	return today.AddDate(0, 0, 7-int(today.Weekday())).Format(time.DateOnly)
}
